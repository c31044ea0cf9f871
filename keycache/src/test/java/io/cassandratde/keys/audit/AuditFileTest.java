package io.cassandratde.keys.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the file is made, refused and shared. */
class AuditFileTest {
  private static final int RECORDS = 100;

  private final Path file;

  AuditFileTest(@TempDir Path directory) {
    file = directory.resolve("audit.log");
  }

  /** A tool that appends records; the first argument is the file, the second its name. */
  public static void main(String[] args) throws IOException {
    AuditFile log = new AuditFile(Path.of(args[0]));
    for (int i = 0; i < RECORDS; i++) {
      log.append(Map.of("operation", "revoke", "key", args[1] + i));
    }
  }

  private Process tool(String name, List<String> before) throws IOException {
    List<String> command = new ArrayList<>(before);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-cp",
            System.getProperty("java.class.path"),
            AuditFileTest.class.getName(),
            file.toString(),
            name));
    return new ProcessBuilder(command)
        .redirectOutput(file.resolveSibling(name + "out").toFile())
        .redirectErrorStream(true)
        .start();
  }

  private void refused(String reason) {
    assertThatThrownBy(() -> new AuditFile(file).append(Map.of()))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(reason);
  }

  @Test
  void is_made_for_its_owner_alone_and_only_grows() throws IOException {
    new AuditFile(file).append(Map.of("operation", "a"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    String before = Files.readString(file);
    new AuditFile(file).append(Map.of("operation", "b"));
    assertThat(Files.readString(file)).startsWith(before).contains("\"operation\":\"b\"");
  }

  @Test
  void what_a_server_says_stays_one_line_of_ascii() throws IOException {
    String said = "a\nb\r\u2028\u202e\u001b[2J\uD83D\uDE00\"}";
    new AuditFile(file).append(Map.of("error", said));
    assertThat(Files.readAllLines(file, StandardCharsets.US_ASCII))
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line).matches("[ -~]+");
              assertThat(new ObjectMapper().readTree(line).get("error").asText()).isEqualTo(said);
            });
  }

  @Test
  void two_processes_at_once_make_one_chain() throws Exception {
    List<Process> tools = new ArrayList<>();
    for (String name : List.of("one-", "two-")) {
      tools.add(tool(name, List.of()));
    }
    try {
      for (Process tool : tools) {
        assertThat(tool.waitFor(180, TimeUnit.SECONDS)).isTrue();
        assertThat(tool.exitValue()).isZero();
      }
    } finally {
      tools.forEach(Process::destroyForcibly);
    }
    AuditChain.Result result = AuditChain.verify(file, null);
    assertThat(result.faults()).isEmpty();
    assertThat(result.records()).isEqualTo(2 * RECORDS);
    String text = Files.readString(file);
    for (int i = 0; i < RECORDS; i++) {
      assertThat(text).contains("one-" + i + "\"").contains("two-" + i + "\"");
    }
  }

  /** A limit of the process's stands in for a full disk: both cut a write short. */
  @Test
  void a_full_disk_leaves_no_half_line() throws Exception {
    Process tool = tool("full-", List.of("bash", "-c", "ulimit -f 4; exec \"$0\" \"$@\""));
    try {
      assertThat(tool.waitFor(180, TimeUnit.SECONDS)).isTrue();
    } finally {
      tool.destroyForcibly();
    }
    assertThat(Files.readString(file.resolveSibling("full-out"))).contains("File too large");
    AuditChain.Result result = AuditChain.verify(file, null);
    assertThat(result.faults()).isEmpty();
    assertThat(result.records()).isBetween(10L, (long) RECORDS - 1);
    assertThat(new AuditFile(file).append(Map.of()).seq()).isEqualTo(result.records() + 1);
  }

  @Test
  void threads_of_one_process_too() throws Exception {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  for (int n = 0; n < 10; n++) {
                    new AuditFile(file).append(Map.of("operation", "x"));
                  }
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(AuditChain.verify(file, null).whole()).isTrue();
    assertThat(Files.readAllLines(file)).hasSize(40);
  }

  @Test
  void is_refused_when_others_may_use_it_or_it_is_no_file() throws IOException {
    new AuditFile(file).append(Map.of());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    refused("open to others (rw-r-----): chmod 600");
    Path target = Files.move(file, file.resolveSibling("target"));
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-------"));
    Files.createSymbolicLink(file, target);
    refused("no regular file");
    Files.delete(file);
    Files.createSymbolicLink(file, file.resolveSibling("nowhere"));
    refused("no regular file");
    assertThat(file.resolveSibling("nowhere")).doesNotExist();
    Files.delete(file);
    Files.createDirectory(file);
    refused("no regular file");
  }

  @Test
  void is_refused_without_its_directory() {
    Path deep = file.resolveSibling("none").resolve("audit.log");
    assertThatThrownBy(() -> new AuditFile(deep).append(Map.of()))
        .hasMessageContaining("make it")
        .hasMessageContaining("none");
  }

  @Test
  void goes_on_behind_no_line_that_is_none() throws IOException {
    AuditFile log = new AuditFile(file);
    log.append(Map.of());
    String good = Files.readString(file);
    Files.writeString(file, good + "{\"version\":1,");
    refused("ends in the middle of a line");
    Files.writeString(file, good + "{}\n");
    refused("its last line is no record");
    Files.writeString(file, good + "x".repeat(2 * AuditFile.LONGEST) + "\n");
    refused("its last line is no record");
    Files.writeString(file, good);
    assertThat(log.append(Map.of()).seq()).isEqualTo(2);
  }

  @Test
  void a_record_that_is_too_long_is_none() throws IOException {
    new AuditFile(file).append(Map.of());
    assertThatThrownBy(() -> new AuditFile(file).append(Map.of("a", "x".repeat(AuditFile.LONGEST))))
        .hasMessageContaining("too long");
    assertThat(AuditChain.verify(file, null).records()).isEqualTo(1);
  }
}
