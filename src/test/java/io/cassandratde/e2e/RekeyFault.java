package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cassandratde.e2e.load.SteadyLoad;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import io.cassandratde.e2e.process.Program;
import io.cassandratde.e2e.process.Ran;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.management.openmbean.CompositeData;
import org.jspecify.annotations.Nullable;

/**
 * One rekey on a ring under load in which something is killed, and which is resumed to its proof.
 */
final class RekeyFault implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final String OPERATIONS = "io.cassandratde:type=KeyOperations";

  private final RekeyRing nodes;
  private final Path directory;
  private final String key;
  private final SteadyLoad load;
  private final Instant begun = Instant.now();
  private @Nullable Process process;

  /**
   * The load runs from now on; no process that is killed afterwards has a read fail elsewhere.
   *
   * @param directory of this fault alone
   * @param firstId of the load's rows
   */
  RekeyFault(RekeyRing nodes, Path directory, int firstId, int perSecond) {
    this.nodes = nodes;
    this.directory = directory;
    this.key = nodes.onlyKey("t");
    this.load = nodes.load(firstId, perSecond).start();
    nodes.awaitReadsMeasured();
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The run that is going to be disturbed, in the background. */
  RekeyFault start(String... more) throws IOException {
    List<String> command = arguments("proof.json", more);
    command.add(0, nodes.bed().distribution().directory().resolve("bin/cassandra-tde").toString());
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output().toFile());
    builder.environment().put("TDE_CONFIG", nodes.config().toString());
    process = Program.start(builder);
    return this;
  }

  private List<String> arguments(String proof, String... more) {
    List<String> arguments = nodes.arguments(directory, key, proof, more);
    if (!List.of(more).contains("--wait")) {
      arguments.addAll(List.of("--wait", "120s"));
    }
    return arguments;
  }

  private Path output() {
    return directory.resolve("first.out");
  }

  String text() {
    try {
      return Files.readString(output());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process process() {
    if (process == null) {
      throw new IllegalStateException("not started");
    }
    return process;
  }

  boolean goesOn() {
    return process().isAlive();
  }

  RekeyFault awaitStage(String stage) {
    Await.until(
        stage + " of the run in " + directory,
        LIMIT,
        () -> {
          if (text().contains("] " + stage + ":")) {
            return true;
          }
          requireGoingOn();
          return false;
        });
    return this;
  }

  /** A node that has replaced this many SSTables, and has not ended. */
  CassandraNode awaitReplacing(int done) {
    CassandraNode[] found = new CassandraNode[1];
    Await.until(
        "a node that replaces the key in its SSTables",
        LIMIT,
        () -> {
          for (CassandraNode node : nodes.all()) {
            if (isReplacing(node, done)) {
              found[0] = node;
              return true;
            }
          }
          requireGoingOn();
          return false;
        });
    return found[0];
  }

  private boolean isReplacing(CassandraNode node, int done) {
    for (CompositeData each : (CompositeData[]) node.jmx().attribute(OPERATIONS, "Operations")) {
      if (each.get("state").equals("RUNNING")
          && String.valueOf(each.get("kind")).startsWith("rew")
          && each.get("keyId").equals(key)
          && (long) each.get("SSTablesDone") >= done) {
        return true;
      }
    }
    return false;
  }

  /** An Error of its own kind ends the wait at once. */
  private void requireGoingOn() {
    if (!goesOn()) {
      throw new Ended(process().exitValue() + "\n" + text());
    }
  }

  private static final class Ended extends Error {
    private static final long serialVersionUID = 1L;

    Ended(String message) {
      super("the run ended before the fault, exit code " + message);
    }
  }

  RekeyFault killTool() {
    Program.kill(process());
    return this;
  }

  /** The exit code of the disturbed run: 0, or what it could not bridge. */
  int end() throws InterruptedException {
    assertThat(process().waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).as(text()).isTrue();
    return process().exitValue();
  }

  /** The same command with a short patience, to its end. */
  Ran attempt(String proof, String... more) {
    return run(arguments(proof, more));
  }

  private Ran run(List<String> arguments) {
    return nodes
        .bed()
        .distribution()
        .cassandraTde(nodes.config(), arguments.toArray(String[]::new));
  }

  JsonNode proof(String name) throws IOException {
    return new ObjectMapper().readTree(directory.resolve(name).toFile());
  }

  /** Resumes; proved means that every node says so, and the raw files of the table. */
  void proved(String... more) throws IOException {
    List<String> arguments = new ArrayList<>(arguments("proof.json", more));
    if (Files.exists(directory.resolve("state.json"))) {
      arguments.add("--resume"); // a run that was killed before its first stage left nothing
    }
    Ran resumed = run(arguments);
    assertThat(resumed.exit()).as("%s\nafter\n%s", resumed, process == null ? "" : text()).isZero();
    JsonNode proof = proof("proof.json");
    assertThat(proof.path("proven").asBoolean()).isTrue();
    assertThat(proof.path("nodes")).hasSize(nodes.all().size());
    assertThat(nodes.onlyKey("t")).isEqualTo(proof.path("new_key").asText()).isNotEqualTo(key);
  }

  /** Ends the load. No request failed but those that this node was asked; null: none at all. */
  SteadyLoad endLoad(String what, @Nullable CassandraNode killed) throws InterruptedException {
    load.stop();
    assertThat(load.failures())
        .as(what)
        .allMatch(failure -> killed != null && killed.address().equals(failure.coordinator()));
    System.out.printf(
        "%s: proved after %d s, %d rows written at %.0f requests/s, %d requests failed with the node%n",
        what,
        Duration.between(begun, Instant.now()).toSeconds(),
        load.rows(),
        load.rate(),
        load.failures().size());
    return load;
  }

  @Override
  public void close() throws InterruptedException {
    if (process != null && process.isAlive()) {
      Program.kill(process);
    }
    load.close();
  }
}
