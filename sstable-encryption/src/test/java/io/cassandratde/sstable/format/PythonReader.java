package io.cassandratde.sstable.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Readers in Python, written from docs/FORMAT.md and docs/FORMAT-EBTI.md alone, with another AES,
 * another HKDF and other decompressors.
 */
public final class PythonReader {

  /** Generous: it takes a second, and two cores may be shared with a build. */
  private static final long LIMIT_SECONDS = 120;

  private PythonReader() {}

  /** What read_chunks.py writes to standard output; fails with what it says if not content. */
  public static byte[] run(String... arguments) throws IOException, InterruptedException {
    return runProgram("read_chunks.py", arguments);
  }

  /** What it writes to standard output; fails with what it says when it is not content. */
  public static byte[] runProgram(String program, String... arguments)
      throws IOException, InterruptedException {
    Path script = Path.of("src/test/python", program).toAbsolutePath();
    List<String> command = new ArrayList<>(List.of("/usr/bin/python3", script.toString()));
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile("out", ".bin");
    Path err = Files.createTempFile("err", ".txt");
    try {
      Process python =
          new ProcessBuilder(command)
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      boolean ended = python.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
      if (!ended) {
        python.destroyForcibly();
      }
      byte[] output = Files.readAllBytes(out);
      assertThat(ended && python.exitValue() == 0)
          .as(
              "%s (needs the Debian packages python3-cryptography and libzstd1): %s%s",
              command, new String(output, StandardCharsets.UTF_8), Files.readString(err))
          .isTrue();
      return output;
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }
}
