package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.kmip.RevocationReason;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.Terminal;
import io.cassandratde.tools.audit.AuditLog;
import io.cassandratde.tools.cluster.DataKeyInfo;
import io.cassandratde.tools.cluster.EachNode;
import io.cassandratde.tools.cluster.NodeKeys;
import io.cassandratde.tools.hierarchy.KeyHierarchy;
import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.rekey.Cluster;
import io.cassandratde.tools.rekey.Proof;
import io.cassandratde.tools.rekey.Rekey;
import io.cassandratde.tools.rekey.RekeyRequest;
import io.cassandratde.tools.rekey.RekeyState;
import io.cassandratde.tools.rekey.TableKeys;
import io.cassandratde.tools.run.Display;
import io.cassandratde.tools.run.Pause;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** {@code keys rotate}. */
@Command(
    name = "rotate",
    description =
        "Make a new data key for what is written from now on; the key of before only opens. With"
            + " --full, what earlier keys sealed is rewritten too, key by key, each with its proof")
public final class KeysRotate extends TdeCommand {

  @AirlineModule private AskedNodes nodes = new AskedNodes();
  @AirlineModule private ConfigOption config = new ConfigOption();
  @AirlineModule private DataKeyOptions which = new DataKeyOptions();
  @AirlineModule private RollingOptions rolling = new RollingOptions();

  @Option(
      name = {"--full"},
      description =
          "Rewrite what earlier data keys sealed, too. While one of them is being replaced, no new key"
              + " is made: the same command goes on")
  private boolean full;

  @Option(
      name = {"--wait"},
      title = "time",
      description =
          "With --full: how long to wait, at each place, for nodes that are away or busy: 90s, 5m"
              + " (default), 2h; 0: not at all")
  private String wait = "5m";

  @Option(
      name = {"--directory"},
      title = "directory",
      description = "With --full: where state and proof of each key go (here)")
  private String directory = "";

  @Override
  public ExitCode run(Session session) throws Exception {
    AuditLog audit = config.audit(session);
    List<DataKeyInfo> earlier;
    try (ClusterNodes cluster = nodes.connect(session)) {
      KeyHierarchy keys = new KeyHierarchy(cluster);
      DataKeyInfo newest = keys.newest(which.master(), which.namespace(), which.bits());
      if (!full || earlier(keys, newest).stream().noneMatch(key -> key.is("REKEYING"))) {
        newest = rotate(session, audit, keys, newest);
        tell(session.terminal(), cluster);
      } else {
        session
            .terminal()
            .out()
            .println("A full rotation goes on; no new key is made beside " + newest.keyId());
      }
      earlier = full ? earlier(keys, newest) : List.of();
    }
    session.terminal().out().flush();
    return replaceAll(session, audit, earlier);
  }

  private static DataKeyInfo rotate(
      Session session, AuditLog audit, KeyHierarchy keys, DataKeyInfo before) throws Exception {
    String made =
        audit
            .operation("rotate-data-key")
            .groupName(before.group())
            .option("namespace", before.namespace())
            .option("replaces", before.keyId())
            .run(() -> keys.rotate(before), id -> id);
    DataKeyInfo now = keys.dataKey(made);
    session
        .terminal()
        .out()
        .println(
            "Key %s is version %d of %s and seals from %s on; key %s only opens"
                .formatted(made, now.version(), now.line(), now.activeFrom(), before.keyId()));
    return now;
  }

  /** The key is made whoever is away: each looks for itself later. */
  private void tell(Terminal terminal, ClusterNodes cluster) throws InterruptedException {
    NodeOutcomes outcomes = new NodeOutcomes(terminal, "NOT TOLD");
    outcomes.add(
        EachNode.ask(NodeKeys.of(cluster), NodeKeys::refreshKeys),
        NodeKeys::name,
        (node, done) -> List.of(node + ": has looked for it"));
    outcomes.addMissing(cluster);
    outcomes.addLeft(nodes.left(cluster));
    for (String node : outcomes.failed()) {
      terminal.warn("not told, so it seals by the new key within minutes of being up: " + node);
    }
  }

  /** Those that may have sealed something, the oldest first. */
  private static List<DataKeyInfo> earlier(KeyHierarchy keys, DataKeyInfo newest)
      throws CommandFailure {
    return keys.dataKeys().stream()
        .filter(key -> key.isOfLine(newest) && key.version() < newest.version())
        .filter(key -> key.is("INACTIVE") || key.is("REKEYING"))
        .sorted(Comparator.comparingInt(DataKeyInfo::version))
        .toList();
  }

  private ExitCode replaceAll(Session session, AuditLog audit, List<DataKeyInfo> earlier)
      throws Exception {
    Terminal terminal = session.terminal();
    List<String> open = new ArrayList<>();
    for (DataKeyInfo key : earlier) {
      terminal
          .out()
          .println("Version %d of %s, key %s:".formatted(key.version(), key.line(), key.keyId()));
      Proof proof = replace(session, audit, key);
      if (!proof.isProven()) {
        open.add(key.keyId());
      }
    }
    terminal.out().flush();
    if (open.isEmpty()) {
      return ExitCode.OK;
    }
    throw new CommandFailure(
        ExitCode.INCOMPLETE,
        "of %d earlier keys, %d are not proved unused: %s; run the same command again when what is listed above is mended"
            .formatted(earlier.size(), open.size(), String.join(", ", open)));
  }

  private Proof replace(Session session, AuditLog audit, DataKeyInfo key) throws Exception {
    Terminal terminal = session.terminal();
    Path file = RekeyState.defaultFile(Path.of(directory), key.group(), key.keyId());
    RekeyRequest request = request(session, key, EarlierRun.beside(file, ".proof.json"));
    Display display = new Display(terminal.out(), terminal.outIsTerminal(), session.clock());
    Rekey rekey = new Rekey(request, display, session.clock(), Pause.real());
    try (Cluster cluster = nodes.whole(session);
        RekeyState state =
            RekeyState.open(file, key.group(), key.keyId(), session.clock().instant())) {
      Proof proof =
          StoppableRekey.run(terminal, rekey, state, cluster, new TableKeys(cluster, audit));
      if (proof == null) {
        throw new IllegalStateException("this is no dry run");
      }
      terminal
          .out()
          .println(
              "Key %s: %s (%s)"
                  .formatted(
                      key.keyId(),
                      proof.isProven() ? "PROVED UNUSED" : "NOT PROVED UNUSED",
                      request.proof()));
      return proof;
    }
  }

  private RekeyRequest request(Session session, DataKeyInfo key, Path proof) throws CommandFailure {
    return new RekeyRequest(
        key.group(),
        Set.of(),
        key.keyId(),
        false,
        rolling.rolling(),
        rolling.jobs(),
        rolling.throughput(),
        rolling.window(session.zone()),
        KeyReplacementCommand.duration(wait),
        100,
        RevocationReason.SUPERSEDED,
        null,
        false,
        null,
        false,
        false,
        null,
        proof,
        false);
  }
}
