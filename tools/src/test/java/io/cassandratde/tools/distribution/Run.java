package io.cassandratde.tools.distribution;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One process started from the built distribution, its output in files so that no pipe fills up.
 */
final class Run implements AutoCloseable {
  static final Path HOME = Path.of("target", "cassandra-tde").toAbsolutePath();

  /** Generous: two cores may be shared with a build. */
  private static final long LIMIT_SECONDS = 180;

  private final Process process;
  private final Path out;
  private final Path err;

  private Run(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  static Run start(Path directory, Map<String, String> environment, List<String> command)
      throws IOException {
    Path out = Files.createTempFile("tde-run", ".out");
    Path err = Files.createTempFile("tde-run", ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().remove("TDE_CONFIG");
    builder.environment().remove("CASSANDRA_CONF");
    environment.forEach(
        (name, value) -> {
          if (value.isEmpty()) {
            builder.environment().remove(name);
          } else {
            builder.environment().put(name, value);
          }
        });
    return new Run(builder.start(), out, err);
  }

  static Run of(String... command) throws Exception {
    Run run = start(HOME, Map.of(), List.of(command));
    run.exit();
    return run;
  }

  static String tool() {
    return HOME.resolve("bin/cassandra-tde").toString();
  }

  static String dsetool() {
    return HOME.resolve("bin/dsetool").toString();
  }

  int exit() throws InterruptedException {
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("still running after " + LIMIT_SECONDS + " s: " + process.info());
    }
    return process.exitValue();
  }

  long pid() {
    return process.pid();
  }

  void signal(String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
  }

  String out() throws IOException {
    return Files.readString(out);
  }

  String err() throws IOException {
    return Files.readString(err);
  }

  /** Waits for the process to print a line that starts so. */
  String awaitLine(String start) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (System.nanoTime() < end) {
      try (BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(Files.newInputStream(out), StandardCharsets.UTF_8))) {
        String found = reader.lines().filter(l -> l.startsWith(start)).findFirst().orElse(null);
        if (found != null) {
          return found;
        }
      }
      if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
        throw new AssertionError("ended with " + process.exitValue() + ": " + err());
      }
    }
    throw new AssertionError(
        "no line '" + start + "' within " + LIMIT_SECONDS + " s; printed: " + out() + err());
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    Files.deleteIfExists(out);
    Files.deleteIfExists(err);
  }
}
