package io.cassandratde.e2e.kmip;

import io.cassandratde.e2e.process.Await;
import io.cassandratde.e2e.process.Program;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server process that prints "listening on HOST:PORT" once it accepts connections. */
final class Listening implements AutoCloseable {

  private static final Pattern LINE = Pattern.compile("^listening on (\\S+)$", Pattern.MULTILINE);

  private final Process process;
  private final String address;

  private Listening(Process process, String address) {
    this.process = process;
    this.address = address;
  }

  static Listening start(List<String> command, Path output) {
    try {
      Process process =
          Program.start(
              new ProcessBuilder(command)
                  .redirectErrorStream(true)
                  .redirectOutput(output.toFile())
                  .redirectInput(ProcessBuilder.Redirect.PIPE));
      Await.until(
          "the port of " + command,
          () -> {
            if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
              throw new IllegalStateException("ended: " + Files.readString(output));
            }
            return LINE.matcher(Files.readString(output)).find();
          });
      Matcher matcher = LINE.matcher(Files.readString(output));
      if (!matcher.find()) {
        throw new IllegalStateException(Files.readString(output));
      }
      return new Listening(process, matcher.group(1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String address() {
    return address;
  }

  void kill() {
    Program.kill(process);
  }

  /** End of standard input is what the PyKMIP launcher waits for; the dev server hears SIGTERM. */
  @Override
  public void close() {
    try (OutputStream input = process.getOutputStream()) {
      input.flush();
    } catch (IOException e) {
      // Already gone, which is what we want.
    }
    Program.stop(process, Duration.ofSeconds(5));
  }
}
