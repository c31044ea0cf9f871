package io.cassandratde.tools.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.audit.Actor;
import io.cassandratde.keys.audit.AuditChain;
import io.cassandratde.keys.audit.AuditFile;
import io.cassandratde.keys.audit.Syslog;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.TestSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The order of record and operation, when one of the two fails; and the system's log. */
class AuditLogTest {
  private final Path file;
  private final TestSession session = new TestSession();
  private final AtomicInteger done = new AtomicInteger();

  AuditLogTest(@TempDir Path directory) {
    file = directory.resolve("audit.log");
  }

  private AuditLog log(@Nullable Syslog syslog) {
    return new AuditLog(new AuditFile(file), syslog, Actor.of(Map.of()), session.session());
  }

  private Syslog syslog(String script) throws IOException {
    Path logger = file.resolveSibling("logger");
    Files.writeString(logger, "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(logger, PosixFilePermissions.fromString("rwx------"));
    return new Syslog(List.of(logger.toString(), "-t", "x"));
  }

  private String content() throws IOException {
    return Files.readString(file);
  }

  @Test
  void the_intent_is_on_the_disk_before_anything_is_done() throws Exception {
    log(null)
        .operation("destroy")
        .key("k")
        .run(
            () -> {
              assertThat(content().lines()).hasSize(1);
              assertThat(content()).contains("\"phase\":\"intent\"").contains("\"key\":\"k\"");
              return done.incrementAndGet();
            });
    assertThat(done).hasValue(1);
    assertThat(content().lines()).hasSize(2);
  }

  @Test
  void a_failure_is_recorded_and_goes_on() throws Exception {
    IllegalStateException failure = new IllegalStateException("the server says no");
    assertThatThrownBy(
            () ->
                log(null)
                    .operation("destroy")
                    .run(
                        () -> {
                          throw failure;
                        }))
        .isSameAs(failure);
    assertThat(content()).contains("\"outcome\":\"failed\"").contains("the server says no");
  }

  @Test
  void a_result_that_cannot_be_recorded_says_that_it_was_done() {
    assertThatThrownBy(
            () ->
                log(null)
                    .operation("destroy")
                    .key("k")
                    .run(
                        () -> {
                          Files.delete(file);
                          Files.createDirectory(file);
                          return done.incrementAndGet();
                        }))
        .isInstanceOfSatisfying(
            CommandFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.INCOMPLETE))
        .hasMessageContaining("destroy of key k was carried out")
        .hasMessageContaining("could not be recorded");
    assertThat(done).hasValue(1);
  }

  @Test
  void a_failure_that_cannot_be_recorded_stays_that_failure() {
    assertThatThrownBy(
            () ->
                log(null)
                    .operation("destroy")
                    .run(
                        () -> {
                          Files.delete(file);
                          Files.createDirectory(file);
                          throw new IllegalStateException("no");
                        }))
        .hasMessage("no");
    assertThat(session.err()).contains("WARNING").contains("could not be recorded");
  }

  @Test
  void each_record_goes_to_the_system_log_too() throws Exception {
    Path sent = file.resolveSibling("sent");
    log(syslog("cat >> " + sent + "\n")).operation("revoke").run(done::incrementAndGet);
    assertThat(Files.readString(sent)).isEqualTo(content()).contains("\"phase\":\"result\"");
  }

  @Test
  void nothing_is_done_that_the_system_log_does_not_take() throws Exception {
    assertThatThrownBy(
            () ->
                log(syslog("cat > /dev/null; exit 3\n"))
                    .operation("revoke")
                    .run(done::incrementAndGet))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("nothing was done")
        .hasMessageContaining("exit code 3");
    assertThat(done).hasValue(0);
    assertThat(content()).contains("\"outcome\":\"refused\"");
    assertThat(AuditChain.verify(file, null).open()).isEmpty();
  }

  @Test
  void the_system_s_own_logger_fails_where_there_is_no_log() {
    List<String> command = new ArrayList<>(Syslog.command(Path.of("/usr/bin/logger")));
    command.addAll(List.of("--socket", file.resolveSibling("no-socket").toString()));
    assertThatThrownBy(() -> new Syslog(command).send("{}"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("/usr/bin/logger failed");
  }

  @Test
  void long_texts_are_cut() throws Exception {
    log(null).operation("revoke").key("k".repeat(100_000)).run(done::incrementAndGet);
    assertThat(content().length()).isLessThan(10_000);
  }
}
