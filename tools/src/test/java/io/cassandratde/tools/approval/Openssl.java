package io.cassandratde.tools.approval;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The openssl program, for what others must be able to read and write. */
final class Openssl {

  private final Path directory;

  Openssl(Path directory) {
    this.directory = directory;
  }

  /** What it prints, when it ends well. */
  String run(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(words));
    Path out = Files.createTempFile(directory, "openssl", ".out");
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    int exit = process.waitFor();
    String printed = Files.readString(out, StandardCharsets.UTF_8);
    assertThat(exit).as("%s: %s", command, printed).isZero();
    return printed;
  }
}
