package io.cassandratde.keys.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditConfigTest {
  private final Path directory;
  private final ConfigFiles files;

  AuditConfigTest(@TempDir Path directory) {
    this.directory = directory;
    files = new ConfigFiles(directory);
  }

  @Test
  void is_off_by_default_and_beside_the_configuration_unless_absolute() {
    assertThat(files.parse("crypto_provider: SunJCE\n").audit()).isNull();
    assertThat(files.parse("audit:\n").audit()).isNull();
    assertThat(files.parse("audit: {file: audit.log}\n").audit())
        .isEqualTo(new AuditConfig(directory.resolve("audit.log"), null, false));
    assertThat(files.parse("audit: {file: /var/log/a, syslog: true}\n").audit())
        .isEqualTo(new AuditConfig(Path.of("/var/log/a"), null, true));
    assertThat(files.parse("audit: {file: a, node_file: b}\n").audit())
        .isEqualTo(new AuditConfig(directory.resolve("a"), directory.resolve("b"), false));
  }

  @Test
  void what_is_half_or_unknown_is_refused() {
    assertThatThrownBy(() -> files.parse("audit: {syslog: true}\n"))
        .hasMessageContaining("audit.file: is missing");
    assertThatThrownBy(() -> files.parse("audit: {file: a, sislog: true}\n"))
        .hasMessageContaining("audit.sislog: is no known option")
        .hasMessageContaining("file, node_file, syslog");
    assertThatThrownBy(() -> files.parse("audit: {file: a, syslog: maybe}\n"))
        .hasMessageContaining("neither true nor false");
    assertThatThrownBy(() -> files.parse("audit: a\n")).hasMessageContaining("audit");
  }

  @Test
  void is_read_beside_what_cannot_be_used_yet() {
    Path file = files.write("tde.yaml", "kmip_hosts: {a: {hosts: x}}\naudit: {file: a}\n");
    assertThatThrownBy(() -> TdeConfig.load(file)).isInstanceOf(ConfigException.class);
    assertThat(AuditConfig.load(file))
        .isEqualTo(new AuditConfig(directory.resolve("a"), null, false));
    Path wrong = files.write("wrong.yaml", "kmip_hosts: {}\naudit: {files: a}\n");
    assertThatThrownBy(() -> AuditConfig.load(wrong)).hasMessageContaining("audit.files");
    assertThatThrownBy(() -> AuditConfig.load(files.write("no.yaml", "a: [\n")))
        .isInstanceOf(ConfigException.class);
  }
}
