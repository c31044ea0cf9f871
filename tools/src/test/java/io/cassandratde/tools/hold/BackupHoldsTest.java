package io.cassandratde.tools.hold;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cassandratde.keys.GroupTag;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.TestSession;
import io.cassandratde.tools.backup.Manifest;
import io.cassandratde.tools.backup.ManifestJson;
import io.cassandratde.tools.backup.NeededKey;
import io.cassandratde.tools.destroy.KeyBeans;
import io.cassandratde.tools.jmx.JmxNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code backup hold}, {@code list} and {@code release} over JMX. */
class BackupHoldsTest {

  private static final int PROD = GroupTag.of(ProviderKind.KMIP, "prod");

  private final Path directory;
  private final TestSession session = new TestSession();
  private JmxNode node;
  private KeyBeans beans;

  BackupHoldsTest(@TempDir Path directory) throws Exception {
    this.directory = directory;
    node = new JmxNode("one");
    beans = new KeyBeans();
  }

  @BeforeEach
  void start() throws Exception {
    beans.on(node);
    Files.writeString(
        directory.resolve("tde.yaml"), "audit: {file: " + directory.resolve("audit.log") + "}\n");
    session
        .environment("TDE_CONFIG", directory.resolve("tde.yaml").toString())
        .clock(InstantSource.fixed(Instant.parse("2026-11-27T12:00:00Z")));
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  private ExitCode backup(String... words) {
    List<String> all = new ArrayList<>(List.of("backup"));
    all.addAll(List.of(words));
    all.addAll(List.of("--contact", node.address()));
    return session.run(all.toArray(String[]::new));
  }

  private void done(String... words) {
    assertThat(backup(words)).as("%s", session.err()).isEqualTo(ExitCode.OK);
  }

  private List<String> held() {
    return beans.holds.stream()
        .map(
            hold ->
                String.join(
                    " ",
                    hold.name(),
                    hold.group(),
                    hold.keyId(),
                    hold.checkValue(),
                    hold.holdUntil(),
                    hold.note()))
        .toList();
  }

  private String audit() throws IOException {
    return Files.readString(directory.resolve("audit.log"));
  }

  private String manifest(
      String file, @Nullable Instant until, List<Manifest.Unread> unread, NeededKey... keys)
      throws IOException {
    Manifest manifest =
        new Manifest(
            Instant.parse("2026-11-27T00:00:00Z"),
            "test",
            "host-" + file,
            until,
            "nightly",
            List.of("/data"),
            1,
            1,
            List.of(keys),
            unread);
    return Files.writeString(directory.resolve(file), ManifestJson.write(manifest)).toString();
  }

  private static NeededKey key(@Nullable String group, String id, int checkValue) {
    return new NeededKey(group, new KeyReference(PROD, id, checkValue), List.of(), List.of());
  }

  @Test
  void a_key_is_held_with_the_check_value_that_the_nodes_tell() throws Exception {
    done("hold", "w1", "--until", "90d", "--group", "prod", "--key", "k1", "--note", "tape 7");
    assertThat(session.out()).contains("key k1 of group prod: held until Thu Feb 25", "(new)");
    assertThat(held()).containsExactly("w1 prod k1 0badcafe 2027-02-25T12:00:00Z tape 7");
    assertThat(audit())
        .contains("\"operation\":\"hold-backup\"", "\"backup\":\"w1\"", "\"key\":\"k1\"");

    beans.unknown.add("k2");
    assertThat(backup("hold", "w1", "--until", "90d", "--group", "prod", "--key", "k2"))
        .isEqualTo(ExitCode.UNREACHABLE);
    assertThat(session.err()).contains("nothing was registered", "no key k2 in group prod");
    assertThat(held()).hasSize(1);
    done("hold", "w1", "--until", "90d", "--group", "prod", "--key", "k2", "--force");
    assertThat(held()).last().isEqualTo("w1 prod k2  2027-02-25T12:00:00Z ");
  }

  @Test
  void all_keys_of_all_manifests_are_held_until_their_latest_date() throws Exception {
    Instant late = Instant.parse("2030-01-01T00:00:00Z");
    String one = manifest("a.json", late, List.of(), key("prod", "k1", 1), key("prod", "k2", 2));
    String two = manifest("b.json", null, List.of(), key(null, "k2", 2), key("local", "k3", 3));
    done("hold", "nightly", "--manifest", one, "--manifest", two);
    assertThat(held())
        .containsExactlyInAnyOrder(
            "nightly prod k1 00000001 2030-01-01T00:00:00Z ",
            "nightly prod k2 00000002 2030-01-01T00:00:00Z ",
            "nightly local k3 00000003 2030-01-01T00:00:00Z ");
  }

  @Test
  void a_group_that_nobody_can_name_is_held_by_its_tag() throws Exception {
    String file = manifest("a.json", null, List.of(), key(null, "k1", 1));
    done("hold", "nightly", "--manifest", file, "--until", "2028-02-29");
    assertThat(held())
        .containsExactly("nightly tag:%08x k1 00000001 2028-02-29T23:00:00Z ".formatted(PROD));
  }

  @Test
  void the_same_again_writes_nothing_a_later_date_extends_and_an_earlier_one_asks_for_force()
      throws Exception {
    String file = manifest("a.json", null, List.of(), key("prod", "k1", 1));
    done("hold", "b", "--manifest", file, "--until", "2030-01-01T00:00:00Z", "--note", "safe");
    done("hold", "b", "--manifest", file, "--until", "2030-01-01T00:00:00Z");
    assertThat(session.out()).contains("(unchanged)");
    assertThat(beans.calls).hasSize(1);
    done("hold", "b", "--manifest", file, "--until", "2031-01-01T00:00:00Z");
    assertThat(session.out()).contains("(extended)");
    assertThat(backup("hold", "b", "--manifest", file, "--until", "2029-01-01"))
        .isEqualTo(ExitCode.REFUSED);
    assertThat(session.err()).contains("nothing was changed", "which is later", "--force");
    assertThat(held()).containsExactly("b prod k1 00000001 2031-01-01T00:00:00Z safe");
    done("hold", "b", "--manifest", file, "--until", "2029-01-01T00:00:00Z", "--force");
    assertThat(session.out()).contains("(shortened)");
    assertThat(held()).containsExactly("b prod k1 00000001 2029-01-01T00:00:00Z safe");
  }

  @Test
  void another_key_of_the_same_id_does_not_take_the_place_of_the_first() throws Exception {
    String one = manifest("a.json", null, List.of(), key("prod", "k1", 1));
    String two = manifest("b.json", null, List.of(), key("prod", "k1", 2));
    done("hold", "b", "--manifest", one, "--until", "2030-01-01");
    assertThat(backup("hold", "b", "--manifest", two, "--until", "2031-01-01"))
        .isEqualTo(ExitCode.REFUSED);
    assertThat(session.err()).contains("00000001", "00000002", "another key");
    assertThat(backup("hold", "c", "--manifest", one, "--manifest", two, "--until", "2031-01-01"))
        .isEqualTo(ExitCode.KEY_LOST);
    assertThat(held()).hasSize(1);
  }

  @Test
  void what_could_not_be_registered_is_told_and_the_rest_is_held() throws Exception {
    String file =
        manifest(
            "a.json",
            null,
            List.of(new Manifest.Unread("/data/x", "damaged")),
            key("prod", "k1", 1),
            key("prod", "k2", 2));
    beans.unholdable.add("k1");
    String[] again = {"hold", "b", "--manifest", file, "--until", "2030-01-01"};
    assertThat(backup(again)).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(session.err())
        .contains("NOT HELD for certain: key k1 of group prod", "a quorum of replicas")
        .contains("1 of 2 keys are held");
    assertThat(session.out()).contains("key k2 of group prod: held until");
    assertThat(audit()).contains("\"outcome\":\"failed\"");
    beans.unholdable.clear();
    assertThat(backup(again)).as("the manifest is not complete").isEqualTo(ExitCode.INCOMPLETE);
    assertThat(session.err()).contains("NOT READ: host-a.json:/data/x: damaged");
    assertThat(held()).hasSize(2);
  }

  @Test
  void the_list_marks_what_is_expired() throws Exception {
    done("list");
    assertThat(session.out()).contains("No backup is registered.");
    beans.holds.add(new KeyBeans.Hold("old", "k1", "2026-11-27T12:00:00Z"));
    beans.holds.add(new KeyBeans.Hold("new", "k1", "2026-11-27T12:00:01Z"));
    done("list");
    assertThat(session.out().lines())
        .anyMatch(line -> line.startsWith("old ") && line.contains("2026 EXPIRED"))
        .anyMatch(line -> line.startsWith("new ") && !line.contains("EXPIRED"));
    done("list", "--format", "json");
    JsonNode holds = new ObjectMapper().readTree(session.out()).get("holds");
    assertThat(holds.findValuesAsText("name")).containsExactly("new", "old");
    assertThat(holds.get(0).get("expired").asBoolean()).isFalse();
    assertThat(holds.get(1).get("expired").asBoolean()).isTrue();
    assertThat(holds.get(0).get("check_value").asText()).isEqualTo(KeyBeans.CHECK_VALUE);
  }

  @Test
  void a_release_names_what_it_ends_and_asks_for_the_name() throws Exception {
    assertThat(backup("release", "b", "--yes")).isEqualTo(ExitCode.NOT_FOUND);
    beans.holds.add(new KeyBeans.Hold("b", "k1", "2030-01-01T00:00:00Z"));
    beans.holds.add(new KeyBeans.Hold("b", "k2", "2020-01-01T00:00:00Z"));
    beans.holds.add(new KeyBeans.Hold("c", "k1", "2030-01-01T00:00:00Z"));
    assertThat(backup("release", "b")).isEqualTo(ExitCode.NOT_CONFIRMED);
    session.answering("c");
    assertThat(backup("release", "b")).isEqualTo(ExitCode.NOT_CONFIRMED);
    assertThat(beans.holds).hasSize(3);
    session.answering("b");
    done("release", "b");
    assertThat(session.out())
        .contains("key k1 of group prod: held until Tue Jan 01")
        .contains("key k2 of group prod: was held until");
    assertThat(beans.holds).extracting(KeyBeans.Hold::name).containsExactly("c");
    assertThat(audit())
        .contains("\"operation\":\"release-backup\"", "\"keys\":\"prod/k1, prod/k2\"");
  }

  @Test
  void a_node_without_the_bean_registers_nothing_and_does_not_say_none() throws Exception {
    try (JmxNode bare = new JmxNode("bare")) {
      assertThat(session.run("backup", "list", "--contact", bare.address()))
          .isEqualTo(ExitCode.UNREACHABLE);
      assertThat(session.err()).contains("EncryptionControl").contains("not installed");
      String both = bare.address() + "," + node.address();
      assertThat(session.run("backup", "list", "--hosts", both)).isEqualTo(ExitCode.OK);
    }
  }

  @Test
  void wrong_command_lines_are_refused() throws Exception {
    assertThat(backup("hold", "b", "--until", "90d")).isEqualTo(ExitCode.USAGE);
    assertThat(backup("hold", "b", "--group", "g", "--key", "k")).isEqualTo(ExitCode.USAGE);
    assertThat(backup("hold", "b", "--group", "g", "--key", "k", "--until", "90m"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(backup("hold", "b", "--group", "g", "--key", "k", "--until", "2020-01-01"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(backup("hold", " ", "--group", "g", "--key", "k", "--until", "90d"))
        .isEqualTo(ExitCode.USAGE);
    String past = manifest("a.json", Instant.EPOCH, List.of(), key("prod", "k1", 1));
    assertThat(backup("hold", "b", "--manifest", past)).isEqualTo(ExitCode.USAGE);
    String none = Files.writeString(directory.resolve("x.json"), "{}").toString();
    assertThat(backup("hold", "b", "--manifest", none, "--until", "90d"))
        .isEqualTo(ExitCode.CONFIGURATION);
    assertThat(beans.calls).isEmpty();
  }
}
