package io.cassandratde.sstable.cassandra.hierarchy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.local.LocalKeyProvider;
import io.cassandratde.keys.local.SystemKeyFile;
import io.cassandratde.keys.master.GivenMasterKeys;
import io.cassandratde.keys.master.MasterKeys;
import io.cassandratde.sstable.cassandra.control.ControlStatements;
import io.cassandratde.sstable.cassandra.hierarchy.MasterKeyVersion.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.Security;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that agree on a master key, whose rows are in a list here and whose keys are files. */
class MasterKeyVersionsTest {

  private static final String NAME = "prod";
  private static final UUID A = new UUID(0, 1);
  private static final UUID B = new UUID(0, 2);

  private final Path directory;
  private final Rows rows = new Rows();
  private final Map<UUID, String> members = new TreeMap<>(Map.of(A, "10.0.0.1", B, "10.0.0.2"));
  private final Set<UUID> live = new HashSet<>(members.keySet());
  private final Node a;
  private final Node b;
  private Instant now = Instant.parse("2026-11-27T12:00:00Z");
  private Runnable atPause = () -> {};

  MasterKeyVersionsTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    SystemKeyFile.create(directory.resolve("one"), CipherSpec.AES_256);
    SystemKeyFile.create(directory.resolve("two"), CipherSpec.AES_256);
    a = new Node(A);
    b = new Node(B);
    a.has("one");
    b.has("one");
  }

  /** A node with its own key file. */
  private final class Node {
    private final Path file;
    private final Path copies;
    private final MasterKeys source;
    private final HeldMasterKeys held;
    private final MasterKeyVersions versions;

    Node(UUID id) throws IOException {
      Path own = Files.createDirectories(directory.resolve("node-" + id));
      copies = own.resolve("copies");
      SeenVersions seen = new SeenVersions(copies);
      file = own.resolve("system_key");
      source =
          new GivenMasterKeys(
              new LocalKeyProvider(own, new Hkdf()),
              KeySpec.local("system_key", CipherSpec.AES_256),
              Objects.requireNonNull(Security.getProvider("SunJCE")));
      MasterSources sources =
          new MasterSources() {
            @Override
            public MasterKeys of(String name) {
              return source;
            }

            @Override
            public String describe(String name) {
              return "key file " + file;
            }
          };
      held =
          new HeldMasterKeys(
              rows, sources, () -> id, () -> String.valueOf(members.get(id)), () -> now, seen);
      versions =
          new MasterKeyVersions(
              rows,
              held,
              seen,
              new MasterKeyVersions.Surroundings(
                  () -> members,
                  () -> live,
                  () -> id,
                  () -> now,
                  () -> Duration.between(Instant.EPOCH, now).toNanos(),
                  time -> {
                    now = now.plus(time);
                    atPause.run();
                  },
                  Duration.ofSeconds(30)));
    }

    void has(String key) throws IOException {
      Files.copy(directory.resolve(key), file, StandardCopyOption.REPLACE_EXISTING);
    }

    /** What the timer does. */
    void look() {
      MasterKeyVersion open = MasterKeyVersions.open(rows.of(NAME));
      MasterKeyVersion active = MasterKeyVersions.active(rows.of(NAME));
      if (open != null) {
        held.report(open);
      }
      if (active != null) {
        held.report(active);
      }
    }

    KeyReference active() {
      return versions.active(NAME, source).reference();
    }
  }

  /** The tables. */
  private static final class Rows extends MasterKeyRows {
    private final Map<Integer, MasterKeyVersion> versions =
        new TreeMap<>(Comparator.reverseOrder());
    private final Map<List<Object>, MasterKeyReport> reports =
        new TreeMap<>(Comparator.comparing(Object::toString));

    Rows() {
      super(new ControlStatements(Duration.ofSeconds(1)));
    }

    @Override
    List<MasterKeyVersion> of(String name) {
      return List.copyOf(versions.values());
    }

    @Override
    boolean add(MasterKeyVersion version) {
      return versions.putIfAbsent(version.version(), version) == null;
    }

    @Override
    boolean activate(MasterKeyVersion proposed, Instant at) {
      return become(proposed, State.ACTIVE, at);
    }

    @Override
    boolean abort(MasterKeyVersion proposed) {
      return become(proposed, State.ABORTED, proposed.at());
    }

    private boolean become(MasterKeyVersion from, State state, Instant at) {
      boolean applied =
          Objects.requireNonNull(versions.get(from.version())).state() == State.PROPOSED;
      if (applied) {
        say(from, state, at);
      }
      return applied;
    }

    /** Past all rules, as somebody who may write to the keyspace. */
    void say(MasterKeyVersion from, State state, Instant at) {
      versions.put(
          from.version(),
          new MasterKeyVersion(
              from.name(),
              from.version(),
              from.source(),
              from.reference(),
              state,
              from.canaryId(),
              from.canary(),
              from.by(),
              from.at(),
              state == State.ACTIVE ? at : null));
    }

    @Override
    void report(MasterKeyVersion version, MasterKeyReport report, Instant at) {
      reports.put(List.of(version.version(), report.host()), report);
    }

    @Override
    List<MasterKeyReport> reports(MasterKeyVersion version) {
      List<MasterKeyReport> of = new ArrayList<>();
      reports.forEach(
          (key, report) -> {
            if (key.get(0).equals(version.version())) {
              of.add(report);
            }
          });
      return of;
    }
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

  private MasterKeyVersion secondProposed() throws IOException {
    atPause = b::look;
    var unused = a.active();
    a.has("two");
    return a.versions.propose(NAME, a.source);
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

  /** The second key is active, by both nodes; both have the first one still. */
  private MasterKeyVersion secondActive() throws IOException {
    MasterKeyVersion second = secondProposed();
    b.has("two");
    a.held.report(second);
    b.look();
    a.versions.activate(NAME, 2, List.of());
    assertThat(a.active()).isEqualTo(second.reference());
    a.look();
    b.look();
    a.has("one");
    b.has("one");
    return second;
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
