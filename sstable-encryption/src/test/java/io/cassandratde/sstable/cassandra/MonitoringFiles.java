package io.cassandratde.sstable.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.Yaml;

/** The metrics that conf/prometheus-rules.yaml and conf/grafana-dashboard.json ask for. */
public final class MonitoringFiles {

  private static final Pattern METRIC =
      Pattern.compile("org_apache_cassandra_metrics_(\\w+)_Value\\{name=\\\\?\"(\\w+)\\\\?\"");

  private MonitoringFiles() {}

  /** Names of one type; both files are YAML and JSON as they say. */
  public static Set<String> names(String type) throws IOException {
    Path conf =
        Path.of(Objects.requireNonNullElse(System.getProperty("tde.root"), "..")).resolve("conf");
    String rules = Files.readString(conf.resolve("prometheus-rules.yaml"));
    String dashboard = Files.readString(conf.resolve("grafana-dashboard.json"));
    Map<String, Object> groups = new Yaml().load(rules);
    assertThat(groups).containsOnlyKeys("groups");
    assertThat(new ObjectMapper().readTree(dashboard).path("panels").size()).isPositive();
    Set<String> names = new TreeSet<>();
    for (String text : new String[] {rules, dashboard}) {
      Matcher metric = METRIC.matcher(text);
      while (metric.find()) {
        if (metric.group(1).equals(type)) {
          names.add(metric.group(2));
        }
      }
    }
    assertThat(names).as(type).isNotEmpty();
    return names;
  }
}
