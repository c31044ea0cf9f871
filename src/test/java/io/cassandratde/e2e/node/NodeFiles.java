package io.cassandratde.e2e.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a node needs on disk before it starts: cassandra.yaml and two logback files, from templates.
 */
record NodeFiles(Path directory, String address, String seed) {

  Path yaml() {
    return directory.resolve("conf/cassandra.yaml");
  }

  Path logback() {
    return directory.resolve("conf/logback.xml");
  }

  Path toolsLogback() {
    return directory.resolve("conf/logback-tools.xml");
  }

  Path systemLog() {
    return directory.resolve("logs/system.log");
  }

  Path data() {
    return directory.resolve("data");
  }

  void write(String extraYaml) throws IOException {
    Files.createDirectories(directory.resolve("conf"));
    Files.createDirectories(directory.resolve("logs"));
    Files.writeString(yaml(), filled("cassandra.yaml") + extraYaml);
    Files.writeString(logback(), filled("logback.xml"));
    Files.writeString(toolsLogback(), template("logback-tools.xml"));
  }

  private String filled(String template) {
    return template(template)
        .replace("@ADDRESS@", address)
        .replace("@SEED@", seed)
        .replace("@DIRECTORY@", directory.toString());
  }

  /** A file of src/test/resources/node, which scripts/quickstart uses too. */
  static String template(String name) {
    try (InputStream in = NodeFiles.class.getResourceAsStream("/node/" + name)) {
      if (in == null) {
        throw new IllegalStateException("no resource /node/" + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
