package io.cassandratde.tools.shred;

import io.cassandratde.keys.config.KmipGroupConfig;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.kmip.KeyAdministration;
import io.cassandratde.tools.TestSession;
import io.cassandratde.tools.approval.ApprovalGate;
import io.cassandratde.tools.audit.AuditLog;
import io.cassandratde.tools.command.KmipFixture;
import io.cassandratde.tools.destroy.KeyBeans;
import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.jmx.JmxAccess;
import io.cassandratde.tools.jmx.JmxAddress;
import io.cassandratde.tools.run.Display;
import io.cassandratde.tools.run.Patience;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A keyspace under one key, on a node that says what a test wants, and runs that shred it. */
final class ShredBed implements AutoCloseable {

  final Path directory;
  final KmipFixture kmip;
  final TestSession session;
  final TenantNode node;
  final String key;
  final ByteArrayOutputStream out = new ByteArrayOutputStream();
  Instant now = Instant.now();
  Consumer<String> onLine = line -> {};
  Drop drop;
  boolean dropped;
  boolean clearSnapshots;
  boolean deleteHints;
  boolean truncateTraces;

  /** An approval request is written there instead. */
  @Nullable Path requestFile;

  List<Path> approvals = List.of();

  ShredBed(Path directory) throws Exception {
    this.directory = directory;
    kmip = new KmipFixture(directory.resolve("kmip"));
    session = kmip.session();
    node = new TenantNode("one");
    drop = name -> node.drop();
    key = kmip.newKey();
    node.beans.uses.add(use(key, "live"));
  }

  /** Files under a key that the key server has. */
  KeyBeans.Use use(String keyId, String place) throws Exception {
    KmipGroupConfig prod =
        java.util.Objects.requireNonNull(
            TdeConfig.load(kmip.configuration()).kmipGroups().get("prod"));
    try (KeyAdministration servers = KeyAdministration.open(prod)) {
      return new KeyBeans.Use(keyId, "prod", servers.checkValue(keyId), place);
    }
  }

  private void pause(Duration length) {
    now = now.plus(length);
    kmip.anHourPasses(); // of the key server
  }

  void run() throws Exception {
    PrintStream watched =
        new PrintStream(out, true, StandardCharsets.UTF_8) {
          @Override
          public void println(String line) {
            onLine.accept(line);
            super.println(line);
          }
        };
    Display display = new Display(watched, false, () -> now);
    Patience patience = new Patience(Duration.ofSeconds(60), () -> now, this::pause, display);
    TdeConfig config = TdeConfig.load(kmip.configuration());
    AuditLog audit = AuditLog.of(config.audit(), session.session());
    ShredRequest request =
        new ShredRequest(
            TenantNode.KEYSPACE,
            null,
            dropped,
            clearSnapshots,
            deleteHints,
            truncateTraces,
            report(),
            false);
    try (ShredState state = ShredState.open(directory.resolve("s.json"), "ks", now);
        Servers servers = new Servers(config, audit, patience)) {
      new Shred(
              request,
              state,
              () -> {
                ClusterNodes nodes = new ClusterNodes(JmxAccess.OPEN, Duration.ofSeconds(60));
                nodes.connectAll(List.of(JmxAddress.parse(node.jmx.address(), 7199)));
                return nodes;
              },
              servers,
              drop,
              new ApprovalGate(config.approvals(), session.session(), requestFile, null, approvals),
              new Confirmation() {
                @Override
                public void require(TenantPlan plan) {}

                @Override
                public String attested() {
                  return "backups";
                }
              },
              audit,
              patience,
              display,
              session.session().terminal())
          .run();
    }
  }

  Path report() {
    return directory.resolve("report.json");
  }

  /** The key servers' word on the key. */
  String state() {
    session.run("managekmip", "list", "prod");
    return session.out().lines().filter(line -> line.startsWith(key)).findFirst().orElse("gone");
  }

  String output() {
    return session.err() + out.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws Exception {
    node.close();
    kmip.close();
  }
}
