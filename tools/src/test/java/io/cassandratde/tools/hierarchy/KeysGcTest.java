package io.cassandratde.tools.hierarchy;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.TestSession;
import io.cassandratde.tools.approval.Approvers;
import io.cassandratde.tools.destroy.KeyBeans;
import io.cassandratde.tools.hierarchy.HierarchyBean.Held;
import io.cassandratde.tools.hierarchy.HierarchyBean.Master;
import io.cassandratde.tools.jmx.JmxNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code keys gc}: what stands between a deprecated key and its end. */
@Timeout(300)
class KeysGcTest {

  private static final String REMOVED = "remove k1 " + 30L * 24 * 60 * 60;

  private final Path directory;
  private final Path config;
  private final TestSession session = new TestSession();
  private final HierarchyBean bean = new HierarchyBean();
  private final KeyBeans files = new KeyBeans();
  private final JmxNode node;

  KeysGcTest(@TempDir Path directory) throws Exception {
    this.directory = directory;
    config = directory.resolve("tde.yaml");
    node = new JmxNode("id-a");
  }

  @BeforeEach
  void start() throws Exception {
    files.on(node);
    node.member("127.0.0.1:7000", "id-a", true);
    bean.on(node);
    bean.masters.add(new Master(1, "ACTIVE"));
    bean.key(new Held("k1", 1, "DEPRECATED", 1));
    configure("");
    session
        .environment("TDE_CONFIG", config.toString())
        .clock(InstantSource.fixed(Instant.parse("2026-11-27T12:00:00Z")));
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  private void configure(String more) throws Exception {
    Files.writeString(config, "audit: {file: " + directory.resolve("audit.log") + "}\n" + more);
    Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("rw-------"));
  }

  private ExitCode gc(String... words) {
    List<String> all = new ArrayList<>(List.of("keys", "gc", "--hosts", node.address()));
    all.addAll(List.of(words));
    return session.run(all.toArray(String[]::new));
  }

  @Test
  void the_number_of_keys_confirms_and_no_other_answer_does() {
    session.answering("k1", "2", "yes", "1");
    for (int i = 0; i < 3; i++) {
      assertThat(gc("--attest", "all")).isEqualTo(ExitCode.NOT_CONFIRMED);
      assertThat(bean.calls).isEmpty();
    }
    assertThat(gc("--attest", "all")).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(bean.calls).containsExactly(REMOVED);
  }

  @Test
  void where_two_must_agree_nothing_goes_without_them() throws Exception {
    Approvers approvers = Approvers.get();
    configure(approvers.section());
    assertThat(gc("--attest", "all", "--yes")).isEqualTo(ExitCode.USAGE);
    assertThat(session.err()).contains("say --key");
    String[] removal = {"--key", "k1", "--attest", "all", "--yes"};
    assertThat(gc(removal)).as(session.err()).isEqualTo(ExitCode.NOT_APPROVED);
    Path request = directory.resolve("request.json");
    assertThat(gc("--key", "k1", "--request-approval", request.toString()))
        .as(session.err())
        .isEqualTo(ExitCode.OK);
    List<String> approved = new ArrayList<>(List.of(removal));
    approved.addAll(List.of("--approval", request.toString()));
    approvers.approve(session.piping(Approvers.PASSPHRASE + "\n"), request, "alice");
    assertThat(gc(approved.toArray(String[]::new))).isEqualTo(ExitCode.NOT_APPROVED);
    assertThat(bean.calls).isEmpty();
    assertThat(files.calls).as("nor fenced").doesNotContain("fence replicated:prod/k1");
    approvers.approve(session, request, "bob");
    assertThat(gc(approved.toArray(String[]::new))).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(bean.calls).containsExactly(REMOVED);
  }

  @Test
  void what_came_since_the_plan_keeps_the_key() {
    files.afterReading =
        () -> files.uses.add(new KeyBeans.Use("k1", "replicated:prod", "0000aaaa", "backup"));
    assertThat(gc("--attest", "all", "--yes")).isEqualTo(ExitCode.STILL_NEEDED);
    files.afterReading = () -> {};
    files.uses.clear();
    files.afterHolds =
        () ->
            files.holds.add(
                new KeyBeans.Hold(
                    "nightly", "replicated:prod", "k1", "0000aaaa", "2030-01-01T00:00:00Z", ""));
    assertThat(gc("--attest", "all", "--yes"))
        .as("in the last moment")
        .isEqualTo(ExitCode.STILL_NEEDED);
    assertThat(session.err()).contains("k1 stays", "nightly");
    assertThat(bean.calls).isEmpty();
  }

  @Test
  void wraps_of_a_key_that_goes_are_not_taken_away_one_by_one() {
    Held twice = new Held("k1", 1, "DEPRECATED", 1);
    twice.wraps = 2;
    bean.key(twice);
    assertThat(gc("--attest", "all", "--yes")).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(bean.calls).containsExactly(REMOVED);
  }

  @Test
  void a_member_that_was_not_asked_may_need_any_key() throws Exception {
    bean.key(new Held("k2", 2, "INACTIVE", 1));
    node.member("127.0.0.9:7000", "id-b", true);
    assertThat(gc("--attest", "all", "--yes")).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(session.out()).contains("NOT READ: 127.0.0.9", "key k2: stays");
    assertThat(session.run("keys", "gc", "--hosts", node.address() + ",127.0.0.1:1"))
        .isEqualTo(ExitCode.INCOMPLETE);
    assertThat(session.out()).contains("NOT READ: 127.0.0.1:1");
    assertThat(bean.calls).isEmpty();
  }
}
