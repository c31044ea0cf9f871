package io.cassandratde.keys.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where the configuration file is: the node's ways and the command line's. */
public final class ConfigLocator {

  /** System property of a node; a path or a file: URL, as cassandra.config has it. */
  public static final String PROPERTY = "tde.config";

  private static final List<String> NAMES = List.of("tde.yaml", ForeignSections.DSE_FILE);
  private static final Path ETC = Path.of("/etc/cassandra");

  private ConfigLocator() {}

  /**
   * The node's file: {@code -Dtde.config}, else tde.yaml or dse.yaml beside cassandra.yaml ({@code
   * -Dcassandra.config}), else on the class path, where Cassandra's conf directory is.
   *
   * @throws ConfigException naming every place that was looked at
   */
  public static Path forNode() {
    ClassLoader loader = ConfigLocator.class.getClassLoader();
    return forNode(System::getProperty, name -> loader == null ? null : loader.getResource(name));
  }

  static Path forNode(
      Function<String, @Nullable String> properties, Function<String, @Nullable URL> classPath) {
    String explicit = properties.apply(PROPERTY);
    if (explicit != null && !explicit.isBlank()) {
      return mustExist(path(explicit), "-D" + PROPERTY);
    }
    List<String> looked = new ArrayList<>();
    String cassandraConfig = properties.apply("cassandra.config");
    if (cassandraConfig != null && !cassandraConfig.isBlank()) {
      Path directory = path(cassandraConfig).toAbsolutePath().getParent();
      Path found = directory == null ? null : in(directory, looked);
      if (found != null) {
        return found;
      }
    }
    for (String name : NAMES) {
      URL url = classPath.apply(name);
      if (url != null && url.getProtocol().equals("file")) {
        return path(url.toString());
      }
      looked.add(name + " on the class path");
    }
    throw none(
        looked,
        "put tde.yaml into Cassandra's conf directory, or start the node with -D"
            + PROPERTY
            + "=<file>");
  }

  /**
   * The command line's file: {@code --config}, else $TDE_CONFIG, else tde.yaml or dse.yaml in
   * $CASSANDRA_CONF, else in /etc/cassandra.
   *
   * @throws ConfigException naming every place that was looked at
   */
  public static Path forCommandLine(@Nullable Path explicit, Map<String, String> environment) {
    return forCommandLine(explicit, environment, ETC);
  }

  static Path forCommandLine(@Nullable Path explicit, Map<String, String> environment, Path etc) {
    if (explicit != null) {
      return mustExist(explicit, "--config");
    }
    String variable = environment.get("TDE_CONFIG");
    if (variable != null && !variable.isBlank()) {
      return mustExist(path(variable), "$TDE_CONFIG");
    }
    List<String> looked = new ArrayList<>();
    String conf = environment.get("CASSANDRA_CONF");
    Path found = conf == null || conf.isBlank() ? null : in(Path.of(conf), looked);
    if (found == null) {
      found = in(etc, looked);
    }
    if (found == null) {
      throw none(looked, "give --config <file>, or set TDE_CONFIG or CASSANDRA_CONF");
    }
    return found;
  }

  private static @Nullable Path in(Path directory, List<String> looked) {
    for (String name : NAMES) {
      Path candidate = directory.resolve(name);
      if (Files.isRegularFile(candidate)) {
        return candidate;
      }
      looked.add(candidate.toString());
    }
    return null;
  }

  private static Path mustExist(Path file, String source) {
    if (!Files.isRegularFile(file)) {
      throw new ConfigException(
          file, 0, "", "is not there (named by " + source + ")", "correct the path");
    }
    return file;
  }

  private static Path path(String text) {
    if (text.startsWith("file:")) {
      try {
        return Path.of(new URI(text));
      } catch (URISyntaxException | IllegalArgumentException e) {
        return Path.of(text.substring("file:".length()));
      }
    }
    return Path.of(text);
  }

  private static ConfigException none(List<String> looked, String remedy) {
    return new ConfigException(
        null,
        0,
        "",
        "no configuration file found; looked for " + String.join(", ", looked),
        remedy);
  }
}
