package io.cassandratde.keys.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLocatorTest {

  private final Path directory;

  ConfigLocatorTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private Path touch(String name) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(Objects.requireNonNull(file.getParent()));
    return Files.writeString(file, "{}");
  }

  private @Nullable URL onClassPath(String name) {
    Path file = directory.resolve("classes").resolve(name);
    try {
      return Files.exists(file) ? file.toUri().toURL() : null;
    } catch (MalformedURLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_node_takes_the_property_then_the_place_of_cassandra_yaml_then_the_class_path()
      throws IOException {
    Path classes = touch("classes/dse.yaml");
    assertThat(ConfigLocator.forNode(Map.<String, String>of()::get, this::onClassPath))
        .isEqualTo(classes);
    Path tde = touch("classes/tde.yaml");
    assertThat(ConfigLocator.forNode(Map.<String, String>of()::get, this::onClassPath))
        .isEqualTo(tde);
    Path beside = touch("conf/dse.yaml");
    String cassandra = directory.resolve("conf/cassandra.yaml").toUri().toString();
    assertThat(ConfigLocator.forNode(Map.of("cassandra.config", cassandra)::get, this::onClassPath))
        .isEqualTo(beside);
    Path explicit = touch("elsewhere.yaml");
    assertThat(
            ConfigLocator.forNode(
                Map.of("cassandra.config", cassandra, "tde.config", explicit.toString())::get,
                this::onClassPath))
        .isEqualTo(explicit);
  }

  @Test
  void a_named_file_that_is_not_there_is_never_replaced_by_another() throws IOException {
    touch("classes/tde.yaml");
    assertThatThrownBy(
            () -> ConfigLocator.forNode(Map.of("tde.config", "/none.yaml")::get, this::onClassPath))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("/none.yaml")
        .hasMessageContaining("-Dtde.config");
    touch("etc/tde.yaml");
    Path etc = directory.resolve("etc");
    assertThatThrownBy(() -> ConfigLocator.forCommandLine(Path.of("/none.yaml"), Map.of(), etc))
        .hasMessageContaining("--config");
    assertThatThrownBy(
            () -> ConfigLocator.forCommandLine(null, Map.of("TDE_CONFIG", "/none.yaml"), etc))
        .hasMessageContaining("TDE_CONFIG");
  }

  @Test
  void the_command_line_takes_config_then_tde_config_then_cassandra_conf_then_etc()
      throws IOException {
    Path etc = touch("etc/dse.yaml");
    Path conf = touch("conf/tde.yaml");
    Path variable = touch("variable.yaml");
    Path explicit = touch("explicit.yaml");
    Map<String, String> all =
        Map.of(
            "TDE_CONFIG",
            variable.toString(),
            "CASSANDRA_CONF",
            directory.resolve("conf").toString());
    Path etcDirectory = directory.resolve("etc");
    assertThat(ConfigLocator.forCommandLine(explicit, all, etcDirectory)).isEqualTo(explicit);
    assertThat(ConfigLocator.forCommandLine(null, all, etcDirectory)).isEqualTo(variable);
    assertThat(
            ConfigLocator.forCommandLine(
                null, Map.of("CASSANDRA_CONF", directory.resolve("conf").toString()), etcDirectory))
        .isEqualTo(conf);
    assertThat(ConfigLocator.forCommandLine(null, Map.of(), etcDirectory)).isEqualTo(etc);
    assertThatThrownBy(
            () -> ConfigLocator.forCommandLine(null, Map.of(), directory.resolve("nothing")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("nothing/tde.yaml")
        .hasMessageContaining("--config");
  }
}
