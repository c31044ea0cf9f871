package io.cassandratde.tools.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Debian's Chromium without a window, with an own profile for each run. */
final class Chromium {

  private final Path directory;
  private int runs;

  Chromium(Path directory) {
    this.directory = directory;
  }

  record Run(String out, String err) {}

  Run run(String... arguments) throws IOException, InterruptedException {
    Path program = Path.of("/usr/bin/chromium");
    assertThat(program).as("as root: apt-get install chromium").isExecutable();
    Path own = Files.createDirectories(directory.resolve("chromium" + runs++));
    List<String> command =
        new ArrayList<>(
            List.of(
                program.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--no-first-run",
                "--enable-logging=stderr",
                "--user-data-dir=" + own.resolve("profile")));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(own.resolve("out").toFile())
            .redirectError(own.resolve("err").toFile())
            .start();
    try {
      assertThat(process.waitFor(3, TimeUnit.MINUTES)).as("chromium ended").isTrue();
    } finally {
      process.destroyForcibly();
    }
    Run run = new Run(Files.readString(own.resolve("out")), Files.readString(own.resolve("err")));
    assertThat(process.exitValue()).as(run.err()).isZero();
    return run;
  }
}
