package io.cassandratde.tools.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.cassandratde.keys.audit.AuditChain;
import io.cassandratde.keys.audit.AuditFile;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.TestSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every way to tamper with the log, and what of it a chain can show. */
class AuditChainTest {
  private final Path file;
  private final TestSession session = new TestSession();

  AuditChainTest(@TempDir Path directory) {
    file = directory.resolve("audit.log");
  }

  @BeforeEach
  void eight() throws IOException {
    for (int i = 1; i <= 8; i++) {
      new AuditFile(file).append(Map.of("operation", "destroy", "key", "key-" + i));
    }
  }

  private List<String> lines() throws IOException {
    return new ArrayList<>(Files.readAllLines(file));
  }

  private void put(List<String> lines) throws IOException {
    Files.write(file, lines);
  }

  private AuditChain.Result verify() throws IOException {
    return AuditChain.verify(file, null);
  }

  private String head() {
    assertThat(session.run("audit", "head", file.toString())).isEqualTo(ExitCode.OK);
    return session.out().strip();
  }

  private ExitCode verify(String head) {
    return session.run("audit", "verify", file.toString(), "--head", head);
  }

  @Test
  void a_chain_that_nobody_touched_is_whole() throws IOException {
    assertThat(verify().faults()).isEmpty();
    assertThat(verify().records()).isEqualTo(8);
    assertThat(lines()).allMatch(line -> line.matches("\\{\"version\":1,\"seq\":[1-8],.*}"));
    assertThat(session.run("audit", "verify", file.toString())).isEqualTo(ExitCode.OK);
    assertThat(session.out()).contains("8 records").contains(head());
  }

  @Test
  void a_head_holds_for_as_long_as_the_chain_reaches_it() throws IOException {
    String head = head();
    new AuditFile(file).append(Map.of("operation", "revoke"));
    assertThat(verify(head)).isEqualTo(ExitCode.OK);
    assertThat(verify(head.toUpperCase(java.util.Locale.ROOT))).isEqualTo(ExitCode.OK);
    assertThat(verify("ab")).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void an_edited_line_is_found_with_its_number() throws IOException {
    for (int edited : List.of(1, 4, 7)) {
      List<String> lines = lines();
      List<String> changed = new ArrayList<>(lines);
      changed.set(edited - 1, lines.get(edited - 1).replace("key-" + edited, "key-9"));
      put(changed);
      assertThat(verify().faults())
          .singleElement()
          .extracting(AuditChain.Fault::line)
          .isEqualTo((long) edited);
      put(lines);
    }
    List<String> blank = lines();
    blank.set(2, blank.get(2) + " ");
    put(blank);
    assertThat(session.run("audit", "verify", file.toString())).isEqualTo(ExitCode.TAMPERED);
    assertThat(session.err()).contains("line 3 is not the line that line 4 was chained to");
    assertThat(session.run("audit", "head", file.toString())).isEqualTo(ExitCode.TAMPERED);
    assertThat(session.out()).isEmpty();
  }

  @Test
  void a_dropped_line_is_found_with_its_place() throws IOException {
    List<String> lines = lines();
    lines.remove(4);
    put(lines);
    assertThat(verify().faults())
        .singleElement()
        .isEqualTo(
            new AuditChain.Fault(
                5, "is record 6 and follows record 4: lines were dropped, or changed places"));
    lines.remove(0);
    put(lines);
    assertThat(verify().faults().get(0))
        .isEqualTo(new AuditChain.Fault(1, "is record 2: the beginning of the chain is gone"));
  }

  @Test
  void a_dropped_line_is_found_when_those_behind_it_are_numbered_anew() throws IOException {
    List<String> lines = lines();
    lines.remove(4);
    for (int i = 4; i < lines.size(); i++) {
      lines.set(i, lines.get(i).replace("\"seq\":" + (i + 2), "\"seq\":" + (i + 1)));
    }
    put(lines);
    assertThat(verify().faults()).isNotEmpty();
    assertThat(verify().faults().get(0).line()).isEqualTo(4);
  }

  @Test
  void lines_that_changed_places_or_were_repeated_are_found() throws IOException {
    List<String> swapped = lines();
    Collections.swap(swapped, 2, 3);
    put(swapped);
    assertThat(verify().faults().get(0).line()).isEqualTo(3);
    Collections.swap(swapped, 2, 3);
    put(swapped);
    assertThat(verify().whole()).isTrue();
    swapped.add(5, swapped.get(4));
    put(swapped);
    assertThat(verify().faults())
        .singleElement()
        .extracting(AuditChain.Fault::text, STRING)
        .isEqualTo("is record 5 and follows record 5: lines changed places, or were repeated");
  }

  @Test
  void an_inserted_line_is_found() throws IOException {
    List<String> lines = lines();
    lines.add(3, "{}");
    put(lines);
    assertThat(verify().faults().get(0).line()).isEqualTo(4);
    lines.set(3, "not even JSON");
    put(lines);
    assertThat(verify().faults().get(0))
        .isEqualTo(new AuditChain.Fault(4, "is no record: no JSON"));
  }

  @Test
  void a_cut_tail_or_a_changed_last_line_passes_the_chain_and_fails_the_head() throws IOException {
    String head = head();
    List<String> lines = lines();
    put(lines.subList(0, 6));
    assertThat(session.run("audit", "verify", file.toString())).isEqualTo(ExitCode.OK);
    assertThat(session.out()).contains("--head");
    assertThat(verify(head)).isEqualTo(ExitCode.TAMPERED);
    assertThat(session.err()).contains("no line has the hash " + head);
    lines.set(7, lines.get(7).replace("key-8", "key-9"));
    put(lines);
    assertThat(session.run("audit", "verify", file.toString())).isEqualTo(ExitCode.OK);
    assertThat(verify(head)).isEqualTo(ExitCode.TAMPERED);
  }

  @Test
  void a_chain_written_anew_fails_the_head() throws IOException {
    String head = head();
    Files.delete(file);
    eight();
    assertThat(verify(head)).as("the same records").isEqualTo(ExitCode.OK);
    Files.delete(file);
    new AuditFile(file).append(Map.of("operation", "revoke"));
    assertThat(verify().whole()).isTrue();
    assertThat(verify(head)).isEqualTo(ExitCode.TAMPERED);
  }

  @Test
  void half_a_line_at_the_end_is_found() throws IOException {
    String text = Files.readString(file);
    Files.writeString(file, text.substring(0, text.length() - 9));
    assertThat(verify().faults()).singleElement().extracting(AuditChain.Fault::line).isEqualTo(8L);
  }

  @Test
  void what_never_ended_is_told() throws Exception {
    AuditFile log = new AuditFile(file);
    long begun = log.append(Map.of("phase", "intent", "operation", "destroy")).seq();
    long other = log.append(Map.of("phase", "intent", "operation", "revoke")).seq();
    log.append(Map.of("phase", "result", "intent", other));
    assertThat(verify().open()).containsExactly(begun);
    assertThat(session.run("audit", "verify", file.toString())).isEqualTo(ExitCode.OK);
    assertThat(session.err()).contains("without a result").contains("records " + begun);
  }

  @Test
  void a_log_that_is_not_there_is_none_that_is_whole() {
    Path other = file.resolveSibling("other");
    assertThat(session.run("audit", "verify", other.toString())).isEqualTo(ExitCode.NOT_FOUND);
    session.environment("CASSANDRA_CONF", file.resolveSibling("none").toString());
    assertThat(session.run("audit", "verify")).isEqualTo(ExitCode.CONFIGURATION);
  }
}
