package io.cassandratde.keys.audit;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Records in the system's log, by the logger(1) of util-linux: the local socket is one of
 * datagrams, which Java 17 cannot speak over Unix sockets (JEP 380).
 */
public final class Syslog {

  private static final long PATIENCE_SECONDS = 10;
  private static final List<Path> PLACES =
      List.of(Path.of("/usr/bin/logger"), Path.of("/bin/logger"));

  private final List<String> command;

  public Syslog(List<String> command) {
    this.command = List.copyOf(command);
  }

  public static Syslog system() throws IOException {
    for (Path logger : PLACES) {
      if (Files.isExecutable(logger)) {
        return new Syslog(command(logger));
      }
    }
    throw new IOException("audit.syslog needs logger(1), and there is none at " + PLACES);
  }

  /**
   * Without socket-errors, logger reports no missing log where systemd is not there; size: not cut.
   */
  public static List<String> command(Path logger) {
    return List.of(
        logger.toString(),
        "--tag",
        "cassandra-tde",
        "--priority",
        "authpriv.notice",
        "--socket-errors=on",
        "--size",
        String.valueOf(AuditFile.LONGEST));
  }

  /** By standard input, so that a record stands in no list of processes. */
  public void send(String line) throws IOException {
    Process logger =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    IOException unread = null;
    try (OutputStream in = logger.getOutputStream()) {
      in.write((line + '\n').getBytes(StandardCharsets.US_ASCII));
    } catch (IOException ended) {
      // It found no log before it read: its exit code says so, and a broken pipe does not.
      unread = ended;
    }
    try {
      if (!logger.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        logger.destroyForcibly();
        throw new IOException(command.get(0) + " did not end within " + PATIENCE_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      logger.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + command.get(0) + " ran");
    }
    if (logger.exitValue() != 0) {
      throw new IOException(
          command.get(0)
              + " failed with exit code "
              + logger.exitValue()
              + ": is there a system log?",
          unread);
    }
    if (unread != null) {
      throw new IOException(command.get(0) + " ended without reading", unread);
    }
  }
}
