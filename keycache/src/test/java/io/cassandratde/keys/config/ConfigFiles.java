package io.cassandratde.keys.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/** A directory with the files that a minimal configuration names. */
final class ConfigFiles {

  static final String GROUP =
      """
      kmip_hosts:
        vault:
          hosts: kmip1:5697, kmip2
          keystore_path: keystore.jks
          keystore_password: secret1
          truststore_path: truststore.jks
          truststore_password: secret2
      """;

  final Path directory;

  ConfigFiles(Path directory) {
    this.directory = directory;
    try {
      write("keystore.jks", "x");
      Files.write(directory.resolve("truststore.jks"), new byte[1]);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  Path write(String name, String text) {
    return write(name, text, "rw-------");
  }

  Path write(String name, String text, String permissions) {
    try {
      Path file = Files.writeString(directory.resolve(name), text);
      return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  TdeConfig parse(String yaml) {
    return parse("tde.yaml", yaml, Map.of());
  }

  TdeConfig parse(String name, String yaml, Map<String, String> environment) {
    return new TdeConfigParser(environment::get).parse(write(name, yaml));
  }

  static KmipGroupConfig vault(TdeConfig config) {
    return Objects.requireNonNull(config.kmipGroups().get("vault"));
  }

  static String sorted(Iterable<String> names) {
    TreeSet<String> all = new TreeSet<>();
    names.forEach(all::add);
    return String.join("\n", all);
  }
}
