package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.Terminal;
import io.cassandratde.tools.cluster.ClusterInventory;
import io.cassandratde.tools.cluster.KeyName;
import io.cassandratde.tools.cluster.KeyUse;
import io.cassandratde.tools.cluster.OutOfSight;
import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.jmx.Member;
import io.cassandratde.tools.output.Json;
import io.cassandratde.tools.output.Printable;
import io.cassandratde.tools.report.HtmlReport;
import io.cassandratde.tools.report.ReportData;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.management.JMException;
import org.jspecify.annotations.Nullable;

/** {@code inventory}: which keys the files of the cluster need. */
@Command(
    name = "inventory",
    description =
        "Show which keys the files of all nodes need: every node reads its disk now, live SSTables,"
            + " snapshots, backups, commit log, CDC, hints and all others")
public final class InventoryCommand extends TdeCommand {

  @AirlineModule private AskedNodes nodes = new AskedNodes();
  @AirlineModule private ConfigOption config = new ConfigOption();
  @AirlineModule private FormatOption format = new FormatOption();

  @Option(
      name = {"--key"},
      title = "key_id",
      description = "Only what needs this key, by node and table")
  private @Nullable String key;

  @Option(
      name = {"--group"},
      title = "group",
      description = "Only keys of this group")
  private @Nullable String group;

  @Option(
      name = {"--table"},
      title = "keyspace[.table]",
      description = "Only files of this table or keyspace, by node")
  private @Nullable String table;

  @Option(
      name = {"--html"},
      title = "file",
      description = "Write a report, one HTML file, too")
  private @Nullable String html;

  @Override
  public ExitCode run(Session session)
      throws CommandFailure, InterruptedException, IOException, JMException {
    Terminal terminal = session.terminal();
    Instant at = session.clock().instant().truncatedTo(ChronoUnit.SECONDS);
    ClusterInventory all;
    List<Member> left;
    try (ClusterNodes cluster = nodes.connect(session)) {
      left = nodes.left(cluster);
      all = ClusterInventory.read(cluster);
    }
    ClusterInventory inventory = all.only(this::isWanted);
    Map<KeyName, String> states = new KeyStates(config, session).of(names(inventory));
    InventoryView view = new InventoryView(inventory, states);
    if (format.json()) {
      terminal.out().println(Json.of(view.json(at, left)));
    } else {
      view.lines(key != null || table != null).forEach(terminal.out()::println);
    }
    if (html != null) {
      HtmlReport.write(Path.of(html), report(at, inventory, states, left));
    }
    terminal.out().flush();
    return openItems(terminal, inventory, left);
  }

  private boolean isWanted(KeyUse use) {
    return (key == null || use.keyId().equals(key))
        && (group == null || use.group().equals(group))
        && (table == null || use.isOfTable(table));
  }

  private static Set<KeyName> names(ClusterInventory inventory) {
    return inventory.told().stream()
        .flatMap(node -> node.inventory().uses().stream())
        .map(KeyUse::key)
        .collect(Collectors.toSet());
  }

  private ReportData report(
      Instant at, ClusterInventory inventory, Map<KeyName, String> states, List<Member> left)
      throws CommandFailure {
    List<String> notSeen = new ArrayList<>(OutOfSight.all());
    left.forEach(
        member -> notSeen.add(0, "node " + member.endpoint() + ", which was not to be asked"));
    if (table != null) {
      notSeen.add(0, "files of other tables than " + table + ", which were not asked for");
    }
    return new ReportData(
        table == null ? "Key inventory" : "Key inventory of " + table,
        at,
        subject(inventory),
        inventory,
        states,
        null,
        List.of(),
        notSeen);
  }

  private @Nullable KeyName subject(ClusterInventory inventory) throws CommandFailure {
    if (key == null) {
      return null;
    }
    Set<KeyName> found = names(inventory);
    if (group == null && found.size() != 1) {
      throw new CommandFailure(
          ExitCode.USAGE,
          (found.isEmpty() ? "nothing needs key " : "several groups have a key ")
              + key
              + ": a report on it needs --group too");
    }
    return group != null ? new KeyName(group, key) : found.iterator().next();
  }

  private static ExitCode openItems(
      Terminal terminal, ClusterInventory inventory, List<Member> left) {
    if (!left.isEmpty()) {
      terminal.warn(
          "this is not the whole cluster; not asked: "
              + left.stream().map(Member::endpoint).collect(Collectors.joining(", ")));
    }
    List<String> open = inventory.openItems();
    open.forEach(item -> terminal.err().println(Printable.of("NOT READ: " + item)));
    return open.isEmpty() ? ExitCode.OK : ExitCode.INCOMPLETE;
  }
}
