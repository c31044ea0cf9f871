package io.cassandratde.sstable.cassandra.hierarchy;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
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

/** Nodes that agree on a master key, whose rows are in a list here and whose keys are files. */
abstract class MasterNodes {

  static final String NAME = "prod";
  static final UUID A = new UUID(0, 1);
  static final UUID B = new UUID(0, 2);

  final Path directory;
  final Rows rows = new Rows();
  final Map<UUID, String> members = new TreeMap<>(Map.of(A, "10.0.0.1", B, "10.0.0.2"));
  final Set<UUID> live = new HashSet<>(members.keySet());
  final Node a;
  final Node b;
  Instant now = Instant.parse("2026-11-27T12:00:00Z");
  Runnable atPause = () -> {};

  MasterNodes(Path directory) throws IOException {
    this.directory = directory;
    SystemKeyFile.create(directory.resolve("one"), CipherSpec.AES_256);
    SystemKeyFile.create(directory.resolve("two"), CipherSpec.AES_256);
    a = new Node(A);
    b = new Node(B);
    a.has("one");
    b.has("one");
  }

  /** A node with its own key file. */
  final class Node {
    final Path file;
    final Path copies;
    final MasterKeys source;
    final HeldMasterKeys held;
    final MasterKeyVersions versions;

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
  static final class Rows extends MasterKeyRows {
    final Map<Integer, MasterKeyVersion> versions = new TreeMap<>(Comparator.reverseOrder());
    final Map<List<Object>, MasterKeyReport> reports =
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

  MasterKeyVersion secondProposed() throws IOException {
    atPause = b::look;
    var unused = a.active();
    a.has("two");
    return a.versions.propose(NAME, a.source);
  }

  /** The second key is active, by both nodes; both have the first one still. */
  MasterKeyVersion secondActive() throws IOException {
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
}
