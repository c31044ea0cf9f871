package io.cassandratde.e2e.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The packaged product as an operator unpacks it: bin/, conf/, lib/, server/. */
public record Distribution(Path directory) {

  /** The one that Maven has just built. */
  public static Distribution built() {
    Path directory = Path.of(property("tde.distribution")).toAbsolutePath().normalize();
    if (!Files.isDirectory(directory)) {
      throw new IllegalStateException(directory + " is missing: mvn package makes it");
    }
    return new Distribution(directory);
  }

  public static Path projectRoot() {
    return Path.of(property("tde.root")).toAbsolutePath().normalize();
  }

  /** Where tests may write. */
  public static Path scratch() {
    return Path.of(property("tde.scratch")).toAbsolutePath().normalize();
  }

  public Path serverJar() {
    try (Stream<Path> jars = Files.list(directory.resolve("server"))) {
      List<Path> found = jars.filter(jar -> jar.toString().endsWith(".jar")).toList();
      if (found.size() != 1) {
        throw new IllegalStateException("server/ should hold one jar: " + found);
      }
      return found.get(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its keys outlive it, in a file of its directory. */
  public List<String> devServer(Path stores, String listen) {
    return List.of(
        directory.resolve("bin/cassandra-tde").toString(),
        "kmip-dev-server",
        "--listen",
        listen,
        "--dir",
        stores.toString(),
        "--file-store",
        stores.resolveSibling("keys").toString());
  }

  /** {@code dsetool}, told its configuration by the environment so that commands stay verbatim. */
  public Ran dsetool(Path config, String... arguments) {
    return run("dsetool", Map.of("TDE_CONFIG", config.toString()), arguments);
  }

  /** {@code dsetool} on a terminal (of script(1)), where somebody types an answer. */
  public Ran dsetoolOnTerminal(Path config, String typed, String... arguments) {
    String command = directory.resolve("bin/dsetool") + " " + String.join(" ", arguments);
    return Program.run(
        List.of("script", "-qec", command, "/dev/null"),
        Map.of("TDE_CONFIG", config.toString()),
        typed + "\n");
  }

  public Ran cassandraTde(Path config, String... arguments) {
    return run("cassandra-tde", Map.of("TDE_CONFIG", config.toString()), arguments);
  }

  /** With this environment besides. */
  public Ran cassandraTde(Path config, Map<String, String> environment, String... arguments) {
    Map<String, String> all = new HashMap<>(environment);
    all.put("TDE_CONFIG", config.toString());
    return run("cassandra-tde", all, arguments);
  }

  /** With text on its standard input, which is no terminal. */
  public Ran cassandraTdeReading(Path config, String input, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(directory.resolve("bin").resolve("cassandra-tde").toString());
    command.addAll(List.of(arguments));
    return Program.run(command, Map.of("TDE_CONFIG", config.toString()), input);
  }

  /** Without any configuration. */
  public Ran cassandraTde(String... arguments) {
    return run("cassandra-tde", Map.of(), arguments);
  }

  private Ran run(String name, Map<String, String> environment, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(directory.resolve("bin").resolve(name).toString());
    command.addAll(List.of(arguments));
    return Program.run(command, environment);
  }

  private static String property(String name) {
    String value = System.getProperty(name);
    if (value == null) {
      throw new IllegalStateException("system property " + name + " is missing; run through Maven");
    }
    return value;
  }
}
