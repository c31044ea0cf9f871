package io.cassandratde.sstable.cassandra.hierarchy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.sstable.cassandra.hierarchy.MasterKeyVersion.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table of master keys that somebody changed, or that was lost. */
class SeenVersionsTest extends MasterNodes {

  SeenVersionsTest(@TempDir Path directory) throws IOException {
    super(directory);
  }

  @Test
  void a_table_that_makes_a_former_key_active_again_has_nothing_wrapped_by_it() throws IOException {
    MasterKeyVersion second = secondActive();
    for (State state : List.of(State.ABORTED, State.PROPOSED)) {
      rows.say(second, state, now);
      for (Node node : List.of(a, b, new Node(A), new Node(B))) {
        assertThatThrownBy(node::active)
            .isInstanceOf(KeyConfigException.class)
            .hasMessageContaining("version 2 was active on this node before")
            .hasMessageContaining("goes on from version 3");
      }
    }
    rows.versions.remove(2);
    assertThatThrownBy(a::active).hasMessageContaining("version 2 was active");
    Node restarted = new Node(A);
    restarted.look();
    MasterKeyVersion first = Objects.requireNonNull(MasterKeyVersions.active(rows.of(NAME)));
    assertThat(restarted.held.lacks(first)).as("and it is told").isTrue();

    a.has("two");
    b.has("two");
    MasterKeyVersion third = a.versions.propose(NAME, a.source);
    assertThat(third.version()).isEqualTo(3);
    a.look();
    b.look();
    a.versions.activate(NAME, 3, List.of());
    assertThat(b.active()).isEqualTo(second.reference());
  }

  @Test
  void a_table_that_lost_all_versions_goes_on_from_the_highest() throws IOException {
    secondActive();
    a.has("two");
    b.has("two");
    rows.versions.clear();
    a.active();
    assertThat(rows.versions.keySet()).containsExactly(3);

    MasterKeyVersion third = Objects.requireNonNull(rows.versions.remove(3));
    rows.say(
        new MasterKeyVersion(
            NAME,
            1,
            third.source(),
            third.reference(),
            State.ACTIVE,
            third.canaryId(),
            third.canary(),
            third.by(),
            third.at(),
            now),
        State.ACTIVE,
        now);
    assertThat(a.versions.propose(NAME, a.source).version())
        .as("the same key again, for another node began at 1")
        .isEqualTo(4);
  }

  @Test
  void what_was_seen_is_kept_with_its_name_and_damage_is_begun_anew() throws IOException {
    MasterKeyVersion second = secondActive();
    Path file = a.copies.resolve(SeenVersions.FILE);
    assertThat(file).hasContent("2 prod");
    Files.writeString(file, "2 a%20name\n7 sch%C3%BCssel\n");
    assertThat(new SeenVersions(a.copies).highest("schl\u00fcssel")).isZero();
    assertThat(new SeenVersions(a.copies).highest("sch\u00fcssel")).isEqualTo(7);
    assertThat(new SeenVersions(a.copies).highest("a name")).isEqualTo(2);
    for (String damaged : List.of("2", "0 prod", "-2 prod", "99999999999 prod", "2 prod\nx")) {
      Files.writeString(file, damaged);
      SeenVersions anew = new SeenVersions(a.copies);
      assertThat(anew.highest(NAME)).as(damaged).isZero();
      anew.saw(second);
      assertThat(new SeenVersions(a.copies).highest(NAME)).isEqualTo(2);
    }
  }
}
