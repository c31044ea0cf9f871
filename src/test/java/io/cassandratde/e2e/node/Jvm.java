package io.cassandratde.e2e.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * How Cassandra's own scripts start a JVM 17: its class path, exports and opens
 * (conf/jvm17-server.options).
 */
final class Jvm {

  static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();

  /** One option a line, shared with scripts/quickstart. */
  private static final List<String> OPTIONS =
      NodeFiles.template("jvm17.options").lines().filter(line -> line.startsWith("-")).toList();

  private Jvm() {}

  static List<String> daemon(
      NodeFiles files, int jmxPort, List<String> extraOptions, String classPath) {
    List<String> command = new ArrayList<>();
    command.add(JAVA);
    command.add("-ea");
    command.addAll(List.of("-Xms256M", "-Xmx512M", "-Xss256k"));
    command.addAll(OPTIONS);
    command.add("-Dcassandra.config=" + files.yaml().toUri());
    command.add("-Dcassandra.storagedir=" + files.directory());
    command.add("-Dcassandra.logdir=" + files.directory().resolve("logs"));
    command.add("-Dlogback.configurationFile=" + files.logback());
    command.add("-Dcassandra.jmx.local.port=" + jmxPort);
    command.add("-Dcassandra-foreground=yes");
    command.add("-Dcassandra.skip_wait_for_gossip_to_settle=0");
    command.add("-Dcassandra.ring_delay_ms=1000");
    // Else a stop waits two seconds for Netty, and for answers of nodes that are down their
    // timeout.
    command.add("-Dcassandra.test.messagingService.nonGracefulShutdown=true");
    command.add("-Dcassandra.shutdown_announce_in_ms=200");
    command.addAll(extraOptions);
    command.addAll(List.of("-cp", classPath, "org.apache.cassandra.service.CassandraDaemon"));
    return command;
  }

  /** A program that needs no class of ours. */
  static List<String> tool(String mainClass, NodeFiles files, List<String> arguments) {
    return tool(mainClass, files, arguments, cassandra(false));
  }

  static List<String> tool(
      String mainClass, NodeFiles files, List<String> arguments, String classPath) {
    List<String> command = new ArrayList<>();
    command.add(JAVA);
    command.add("-Xmx256M");
    command.addAll(OPTIONS);
    command.add("-Dlogback.configurationFile=" + files.toolsLogback());
    command.add("-Dcassandra.storagedir=" + files.directory());
    command.addAll(List.of("-cp", classPath, mainClass));
    command.addAll(arguments);
    return command;
  }

  /**
   * Stock Cassandra as Maven resolves it; with or without the Corretto provider, which its tarball
   * ships.
   */
  static String cassandra(boolean withCorretto) {
    return cassandra("tde.cassandra.classpath", withCorretto);
  }

  /** The oldest release that we run on, with the libraries that it asks for. */
  static String oldestCassandra() {
    return cassandra("tde.oldest-cassandra.classpath", false);
  }

  private static String cassandra(String property, boolean withCorretto) {
    Predicate<String> corretto = jar -> jar.contains("AmazonCorrettoCryptoProvider");
    Predicate<String> ours = jar -> jar.contains("jspecify");
    try {
      String all = Files.readString(Path.of(required(property))).strip();
      return String.join(
          ":",
          Arrays.stream(all.split(":"))
              .filter(jar -> !ours.test(jar) && (withCorretto || !corretto.test(jar)))
              .toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String required(String property) {
    String value = System.getProperty(property);
    if (value == null) {
      throw new IllegalStateException(
          "system property " + property + " is missing; run through Maven");
    }
    return value;
  }
}
