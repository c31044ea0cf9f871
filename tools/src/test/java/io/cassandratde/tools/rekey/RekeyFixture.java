package io.cassandratde.tools.rekey;

import io.cassandratde.keys.config.KmipGroupConfig;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.kmip.KeyAdministration;
import io.cassandratde.keys.kmip.KeyFacts;
import io.cassandratde.kmip.KeyState;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.RevocationReason;
import io.cassandratde.tools.audit.AuditLog;
import io.cassandratde.tools.cluster.KeyName;
import io.cassandratde.tools.command.KmipFixture;
import io.cassandratde.tools.jmx.JmxAccess;
import io.cassandratde.tools.jmx.JmxAddress;
import io.cassandratde.tools.rolling.Rolling;
import io.cassandratde.tools.rolling.Window;
import io.cassandratde.tools.run.Display;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Two nodes in two racks, a key server, and a key that all of it is sealed under. */
final class RekeyFixture implements AutoCloseable {

  private final Path directory;
  private final KmipFixture kmip;
  private final KmipGroupConfig group;
  private final List<FakeNode> cluster = new ArrayList<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** A noon that is later than all that the key server's own clock says. */
  private Instant now =
      LocalDate.now(ZoneOffset.UTC).plusDays(2).atTime(12, 0).toInstant(ZoneOffset.UTC);

  private @Nullable Rekey running;

  String old;
  final FakeNode a;
  final FakeNode b;

  /** As on the command line. */
  boolean rewrap;

  int parallel = 1;
  @Nullable Integer throughput;
  @Nullable String snapshot;
  boolean clearSnapshots;
  boolean listSnapshots;
  @Nullable Window window;

  /** Of the key; its keys are the key server's unless {@link #source} says otherwise. */
  String groupName = "prod";

  @Nullable BiFunction<Cluster, RekeyState, KeySource> source;

  /** What nodes find there. */
  volatile @Nullable String current;

  /** Called for each line that the run prints, before it is printed. */
  java.util.function.Consumer<String> onLine = line -> {};

  /** Called each time the run waits. */
  Runnable onPause = () -> {};

  RekeyFixture(Path directory) throws Exception {
    this.directory = directory;
    kmip = new KmipFixture(directory.resolve("kmip"));
    old = kmip.newKey();
    kmip.anHourPasses(); // so that the next key is the newer one
    group = Objects.requireNonNull(TdeConfig.load(kmip.configuration()).kmipGroups().get("prod"));
    a = add("rack1", "1");
    b = add("rack2", "2");
    for (FakeNode node : cluster) {
      node.holds("live", "ks", "", old).holds("commitlog", null, "", old);
      node.sealsWith = old;
    }
  }

  private FakeNode add(String rack, String hostId) throws Exception {
    return new FakeNode(cluster, rack, this::newestActive, hostId);
  }

  KmipFixture kmip() {
    return kmip;
  }

  List<KeyFacts> keys() {
    try (KeyAdministration administration = KeyAdministration.open(group)) {
      return administration.list(null).keys();
    } catch (KmipException e) {
      throw new IllegalStateException(e);
    }
  }

  KeyState state(String id) {
    return keys().stream()
        .filter(key -> key.id().equals(id))
        .map(KeyFacts::state)
        .findFirst()
        .orElseThrow();
  }

  private @Nullable String newestActive() {
    if (source != null) {
      return current;
    }
    return keys().stream()
        .filter(key -> key.state() == KeyState.ACTIVE)
        .max(Comparator.comparing(KeyFacts::activation).thenComparing(KeyFacts::id))
        .map(KeyFacts::id)
        .orElse(null);
  }

  Path stateFile() {
    return directory.resolve("state.json");
  }

  Path proofFile() {
    return directory.resolve("proof.json");
  }

  Path report() {
    return directory.resolve("report.html");
  }

  RekeyRequest request() {
    return new RekeyRequest(
        groupName,
        Set.of(),
        old,
        rewrap,
        new Rolling(parallel, false),
        1,
        throughput,
        window,
        Duration.ofSeconds(20),
        100,
        RevocationReason.SUPERSEDED,
        null,
        false,
        snapshot,
        clearSnapshots,
        listSnapshots,
        null,
        proofFile(),
        false);
  }

  /** One run; the clock moves on by what it waits. */
  Proof run() throws Exception {
    out.reset();
    PrintStream watched =
        new PrintStream(out, true, StandardCharsets.UTF_8) {
          @Override
          public void println(String line) {
            onLine.accept(line);
            super.println(line);
          }
        };
    Rekey rekey =
        new Rekey(request(), new Display(watched, false, () -> now), () -> now, this::pause);
    running = rekey;
    AuditLog audit = AuditLog.of(null, kmip.session().session());
    List<JmxAddress> addresses =
        List.of(JmxAddress.parse(a.address(), 7199), JmxAddress.parse(b.address(), 7199));
    try (KeyAdministration administration = KeyAdministration.open(group);
        RekeyState state = RekeyState.open(stateFile(), groupName, old, now);
        Cluster reached = new Cluster(addresses, true, JmxAccess.OPEN, Duration.ofSeconds(60))) {
      KeySource keys =
          source == null
              ? new ServedKeys(
                  new KeyServer(administration, group, audit, rekey.patience(), "rekey"))
              : source.apply(reached, state);
      Proof proof = Objects.requireNonNull(rekey.run(state, reached, keys));
      RekeyReport.write(
          directory.resolve("report.html"),
          proof,
          state,
          Map.of(
              new KeyName(groupName, old), "Deactivated",
              new KeyName(groupName, String.valueOf(proof.newKeyId())), "Active"));
      return proof;
    }
  }

  /** The last run. */
  boolean wasStoppedOnNode() {
    return Objects.requireNonNull(running).wasStoppedOnNode();
  }

  /** As Ctrl-C does it. */
  void stop() {
    Objects.requireNonNull(running).stop();
  }

  private void pause(Duration length) {
    now = now.plus(length);
    onPause.run();
  }

  Instant now() {
    return now;
  }

  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws Exception {
    for (FakeNode node : cluster) {
      node.close();
    }
    kmip.close();
  }
}
