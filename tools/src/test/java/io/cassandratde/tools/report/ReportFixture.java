package io.cassandratde.tools.report;

import io.cassandratde.tools.cluster.ClusterInventory;
import io.cassandratde.tools.cluster.KeyName;
import io.cassandratde.tools.cluster.KeyUse;
import io.cassandratde.tools.cluster.NodeInventory;
import io.cassandratde.tools.cluster.OpenItem;
import io.cassandratde.tools.cluster.OutOfSight;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A replacement half way through a cluster of six nodes, one of them down. */
final class ReportFixture {

  static final KeyName OLD = new KeyName("prod", "02d8f0cf-9b2e-4c0e-8b1d-0b2a1c6c5d11");
  private static final KeyName NEW = new KeyName("prod", "9f51c2aa-7d0e-4e0f-a9b3-51a0c9de7740");
  private static final KeyName LEAKED = new KeyName("eu", "4be0c1d7-3c55-4a0f-8f0e-7fd2f1b83a02");
  private static final Instant AT = Instant.parse("2026-11-27T01:30:00Z");
  private static final List<String> TABLES =
      List.of(
          "cycling.riders",
          "cycling.races",
          "cycling.results_by_year",
          "payments.cards",
          "payments.ledger",
          "payments.settlements",
          "auth.sessions",
          "auth.devices",
          "telemetry.rides_by_day",
          "telemetry.positions");

  private ReportFixture() {}

  private static KeyUse use(
      KeyName key, boolean current, String place, String table, long files, long bytes) {
    int dot = table.indexOf('.');
    return new KeyUse(
        key.group(),
        key.keyId(),
        key.equals(OLD) ? "1f0ac2e9" : key.equals(NEW) ? "77b8d310" : "c05e91aa",
        current,
        place,
        dot < 0 ? null : table.substring(0, dot),
        dot < 0 ? null : table.substring(dot + 1),
        place.equals("snapshot") ? "before-rekey" : "",
        files,
        0,
        bytes);
  }

  static ClusterInventory inventory() {
    List<ClusterInventory.Answer> nodes = new ArrayList<>();
    long gib = 1L << 30;
    for (int n = 0; n < 5; n++) {
      List<KeyUse> uses = new ArrayList<>();
      for (int t = 0; t < TABLES.size(); t++) {
        long all = gib * (3 + (t * 7 + n * 3) % 11) / 2;
        long old = n < 2 ? 0 : n == 2 ? all * ((t * 37) % 101) / 100 : all * (80 + t * 2) / 100;
        if (old > 0) {
          uses.add(use(OLD, false, "live", TABLES.get(t), 4 + t % 5, old));
        }
        if (all > old) {
          uses.add(use(NEW, true, "live", TABLES.get(t), 3 + t % 4, all - old));
        }
      }
      uses.add(use(OLD, false, "snapshot", "payments.cards", 6, 2 * gib + n * 1234567L));
      uses.add(use(NEW, true, "commitlog", "-", 3, 96 << 20));
      if (n > 2) {
        uses.add(use(OLD, false, "hints", "-", 2, 5 << 20));
      }
      uses.add(use(LEAKED, false, "backup", "auth.devices", 2, 300 << 20));
      List<OpenItem> open =
          n == 3
              ? List.of(
                  new OpenItem(
                      "unreadable",
                      "/var/lib/cassandra/data/payments/cards-6a1f/da-3gw0_0c2k-bti-Statistics.db",
                      "Permission denied"))
              : List.of();
      nodes.add(
          new ClusterInventory.Told(
              "10.0.%d.%d:7199".formatted(n / 2, 11 + n),
              "id-" + n,
              "dc1/rack" + (1 + n / 2),
              new NodeInventory(AT.plusMillis(n), 240, open.isEmpty(), 84, 2, uses, open)));
    }
    nodes.add(
        new ClusterInventory.Silent("10.0.2.16:7199", "id-5", "dc1/rack3", "the node is down"));
    return new ClusterInventory(nodes);
  }

  static ReportData replacement() {
    List<ProofSection.NodeProof> proofs = new ArrayList<>();
    for (ClusterInventory.Told node : inventory().told()) {
      boolean done = node.node().startsWith("10.0.0.");
      proofs.add(
          new ProofSection.NodeProof(
              node.node(),
              node.inventory().readAt(),
              node.inventory().complete(),
              (int) node.inventory().uses().stream().filter(use -> use.key().equals(OLD)).count(),
              done ? AT.minusSeconds(600) : null,
              done
                  ? List.of()
                  : List.of("10 tables with live SSTables", "snapshot before-rekey (2.00 GiB)")));
    }
    proofs.add(
        new ProofSection.NodeProof(
            "10.0.2.16:7199", null, false, 0, null, List.of("was not asked: the node is down")));
    List<ProgressSample> progress = new ArrayList<>();
    for (int i = 0; i <= 40; i++) {
      String node = "10.0.%d.%d:7199".formatted(i / 16 / 2, 11 + i / 16);
      long bytes = 44_000_000_000L;
      long done = (long) (bytes * Math.min(1, (i % 16) / 15.0));
      progress.add(new ProgressSample(AT.minusSeconds((40 - i) * 110L), node, done, bytes));
    }
    return new ReportData(
        "Replacement of a key",
        AT,
        OLD,
        inventory(),
        states(),
        new ProofSection(false, NEW.keyId(), proofs),
        progress,
        OutOfSight.all());
  }

  static ReportData everything() {
    ReportData all = replacement();
    return new ReportData(
        "Key inventory", AT, null, all.inventory(), states(), null, List.of(), all.notSeen());
  }

  private static Map<KeyName, String> states() {
    return Map.of(OLD, "Deactivated", NEW, "Active", LEAKED, "Compromised");
  }

  /** One node whose table, snapshot and file names would be markup. */
  static ReportData hostile() {
    String evil =
        "</td></svg><script>document.title='owned'</script><img src=http://evil.example/>";
    KeyName key = new KeyName("g\"><script>1</script>", "k'\"><b>");
    KeyUse use =
        new KeyUse(
            key.group(), key.keyId(), "00", false, "live", evil, evil + "\u202e", evil, 1, 0, 10);
    NodeInventory inventory =
        new NodeInventory(
            AT, 1, false, 1, 0, List.of(use), List.of(new OpenItem(evil, evil, evil)));
    return new ReportData(
        evil,
        AT,
        key,
        new ClusterInventory(
            List.of(
                new ClusterInventory.Told(evil, evil, evil, inventory),
                new ClusterInventory.Silent(evil, evil, evil, evil))),
        Map.of(key, evil),
        new ProofSection(
            false,
            evil,
            List.of(new ProofSection.NodeProof(evil, AT, false, 1, AT, List.of(evil)))),
        List.of(new ProgressSample(AT, evil, 1, 2)),
        List.of(evil));
  }
}
