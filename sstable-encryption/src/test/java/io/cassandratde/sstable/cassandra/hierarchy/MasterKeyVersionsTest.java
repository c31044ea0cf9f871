package io.cassandratde.sstable.cassandra.hierarchy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.sstable.cassandra.hierarchy.MasterKeyVersion.State;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which master key wraps: agreed on, left behind, rolled back. */
class MasterKeyVersionsTest extends MasterNodes {

  MasterKeyVersionsTest(@TempDir Path directory) throws IOException {
    super(directory);
  }

  @Test
  void the_first_key_becomes_active_when_all_live_nodes_have_shown_it() {
    atPause = b::look;
    KeyReference first = a.active();
    assertThat(first).isEqualTo(a.source.current());
    assertThat(b.active()).isEqualTo(first);
    assertThat(rows.versions).hasSize(1);
  }

  @Test
  void a_live_node_that_says_nothing_or_has_another_key_is_named_and_nothing_becomes_active()
      throws IOException {
    assertThatThrownBy(a::active)
        .isInstanceOf(KeyConfigException.class)
        .hasMessageContaining("node " + B + " (10.0.0.2): has not reported");
    b.has("two");
    atPause = b::look;
    String other = b.source.current().keyId();
    assertThatThrownBy(a::active).hasMessageContaining("it has key " + other);
    assertThat(MasterKeyVersions.active(rows.of(NAME))).isNull();

    b.has("one");
    assertThat(a.active()).as("it looked again").isEqualTo(b.source.current());
  }

  @Test
  void a_node_that_is_down_does_not_hold_up_the_first_key_and_cannot_wrap_by_another()
      throws IOException {
    live.remove(B);
    KeyReference first = a.active();
    b.has("two");
    assertThatThrownBy(b::active)
        .isInstanceOf(KeyConfigException.class)
        .hasMessageContaining("masterkey fetch")
        .hasMessageContaining(first.keyId());
    b.has("one");
    assertThat(b.active()).isEqualTo(first);
  }

  @Test
  void a_proposal_is_not_active_until_every_member_has_it_or_is_left_behind() throws IOException {
    MasterKeyVersion second = secondProposed();
    assertThat(second.version()).isEqualTo(2);
    assertThat(a.versions.propose(NAME, a.source)).as("the same again").isEqualTo(second);
    a.held.report(second);
    live.remove(B);
    assertThatThrownBy(() -> a.versions.activate(NAME, 2, List.of()))
        .as("it is down, and counts")
        .hasMessageContaining(B + " (10.0.0.2): has not reported");
    b.look();
    assertThatThrownBy(() -> a.versions.activate(NAME, 2, List.of()))
        .hasMessageContaining(B + " (10.0.0.2): it has key ");
    assertThatThrownBy(() -> a.versions.activate(NAME, 2, List.of(new UUID(0, 9))))
        .hasMessageContaining("no node of this cluster");
    assertThat(MasterKeyVersions.open(rows.of(NAME))).isNotNull();

    a.versions.activate(NAME, 2, List.of(B));
    assertThat(a.active()).isEqualTo(second.reference());
    assertThatThrownBy(b::active).hasMessageContaining("masterkey fetch " + NAME);
    assertThat(a.held.lacks(second)).isFalse();
    assertThat(b.held.lacks(second)).isTrue();
    HierarchyView view = new HierarchyView(List.of(), rows.of(NAME));
    assertThat(b.held.lacking(view)).isOne();
    assertThat(a.held.lacking(view)).isZero();
    assertThat(new Node(new UUID(0, 3)).held.lacking(view)).as("it has not looked yet").isZero();
    b.has("two");
    assertThat(b.active()).isEqualTo(second.reference());
    now = now.plusSeconds(60);
    b.look();
    assertThat(b.held.lacks(second)).as("a minute later").isFalse();
    assertThatThrownBy(() -> a.versions.activate(NAME, 2, List.of()))
        .hasMessageContaining("not proposed");
  }

  @Test
  void one_proposal_is_open_at_a_time_and_an_aborted_one_leaves_its_number() throws IOException {
    MasterKeyVersion second = secondProposed();
    assertThatThrownBy(() -> b.versions.propose(NAME, b.source))
        .hasMessageContaining("proposed already");
    a.versions.abort(NAME, 2);
    assertThatThrownBy(() -> a.versions.abort(NAME, 2)).hasMessageContaining("not proposed");
    assertThatThrownBy(() -> b.versions.propose(NAME, b.source))
        .hasMessageContaining("active already");
    assertThat(a.versions.propose(NAME, a.source).version()).isEqualTo(3);
    assertThat(second.state()).isEqualTo(State.PROPOSED);
  }

  @Test
  void a_rollback_makes_the_key_of_before_active_under_a_new_number() throws IOException {
    KeyReference first = a.source.current();
    var second = secondProposed();
    b.has("two");
    a.held.report(second);
    b.look();
    assertThatThrownBy(() -> a.versions.proposeFormer(NAME, a.source))
        .hasMessageContaining("has had no other key");
    a.versions.activate(NAME, 2, List.of());
    assertThatThrownBy(() -> a.versions.proposeFormer(NAME, a.source))
        .as("this node has it no more")
        .isInstanceOf(KeyException.class);
    a.has("one");
    MasterKeyVersion again = a.versions.proposeFormer(NAME, a.source);
    assertThat(again.version()).isEqualTo(3);
    assertThat(a.versions.proposeFormer(NAME, a.source)).as("the same again").isEqualTo(again);
    a.held.report(again);
    b.look();
    assertThatThrownBy(() -> a.versions.activate(NAME, 3, List.of()))
        .as("the other node has it no more")
        .hasMessageContaining(B + " (10.0.0.2): it has key ");
    b.has("one");
    now = now.plusSeconds(15);
    b.look();
    a.versions.activate(NAME, 3, List.of());
    assertThat(a.active()).isEqualTo(first);
    assertThat(b.active()).isEqualTo(first);
  }

  @Test
  void an_outage_of_the_source_is_told_as_such() throws IOException {
    atPause = b::look;
    KeyReference first = a.active();
    MasterKeyVersion active = Objects.requireNonNull(MasterKeyVersions.active(rows.of(NAME)));
    HeldMasterKeys fresh = new Node(new UUID(0, 3)).held;
    assertThatThrownBy(
            () ->
                fresh.require(active, new NoMasterKeys(new KeyUnavailableException("hsm is away"))))
        .isInstanceOf(KeyUnavailableException.class);
    assertThat(first).isEqualTo(active.reference());
  }
}
