package io.cassandratde.e2e.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Starts other programs. Whatever is still running when the test JVM ends is killed by a shutdown
 * hook.
 */
public final class Program {

  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
  }

  private Program() {}

  /**
   * Runs to the end; output goes through files, so that a chatty program can't block on a full
   * pipe.
   */
  public static Ran run(List<String> command, Map<String, String> environment) {
    return run(command, environment, "");
  }

  /** With this text on standard input. */
  public static Ran run(List<String> command, Map<String, String> environment, String input) {
    try {
      Path out = Files.createTempFile("out", ".txt");
      Path err = Files.createTempFile("err", ".txt");
      Path in = Files.createTempFile("in", ".txt");
      try {
        ProcessBuilder builder =
            new ProcessBuilder(command)
                .redirectInput(Files.writeString(in, input).toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().putAll(environment);
        Process process = start(builder);
        if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
          stop(process, Duration.ofSeconds(2));
          throw new AssertionError(
              "did not end within "
                  + LIMIT
                  + ": "
                  + command
                  + "\n"
                  + Files.readString(out)
                  + Files.readString(err));
        }
        RUNNING.remove(process);
        return new Ran(command, process.exitValue(), Files.readString(out), Files.readString(err));
      } finally {
        Files.delete(out);
        Files.delete(err);
        Files.delete(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  public static Process start(ProcessBuilder builder) throws IOException {
    Process process = builder.start();
    RUNNING.add(process);
    return process;
  }

  /** SIGTERM, then SIGKILL when that isn't heard. */
  public static void stop(Process process, Duration patience) {
    process.destroy();
    await(process, patience);
  }

  /** SIGKILL at once. */
  public static void kill(Process process) {
    process.destroyForcibly();
    await(process, Duration.ofSeconds(10));
  }

  private static void await(Process process, Duration patience) {
    try {
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    RUNNING.remove(process);
  }
}
