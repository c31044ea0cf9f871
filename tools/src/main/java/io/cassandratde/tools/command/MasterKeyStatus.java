package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.cluster.MasterKeyInfo;
import io.cassandratde.tools.hierarchy.KeyHierarchy;
import io.cassandratde.tools.hierarchy.MasterKeyReports;
import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.output.Dates;
import io.cassandratde.tools.output.Json;
import io.cassandratde.tools.output.Printable;
import io.cassandratde.tools.output.TextTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code masterkey status [name]}. */
@Command(
    name = "status",
    description =
        "Show the versions of the master keys that the cluster has agreed on, and what each node says"
            + " of the active one and of an open proposal")
public final class MasterKeyStatus extends TdeCommand {

  @AirlineModule private AskedNodes nodes = new AskedNodes();
  @AirlineModule private FormatOption format = new FormatOption();

  @Arguments(title = "name", description = "Of one master key")
  @Operands(form = "[<name>]", most = 1)
  private List<String> arguments = new ArrayList<>();

  @Override
  public ExitCode run(Session session) throws Exception {
    List<String> objections = new ArrayList<>();
    try (ClusterNodes cluster = nodes.connect(session)) {
      List<MasterKeyInfo> keys =
          new KeyHierarchy(cluster)
              .masterKeys().stream()
                  .filter(key -> arguments.isEmpty() || arguments.contains(key.name()))
                  .toList();
      List<Object> json = new ArrayList<>();
      TextTable table =
          new TextTable(
              List.of(
                  "Master key",
                  "Version",
                  "State",
                  "Key ID",
                  "Check",
                  "Source",
                  "Proposed",
                  "Activated"));
      List<String> reports = new ArrayList<>();
      for (MasterKeyInfo key : keys) {
        table.row(
            List.of(
                key.name(),
                String.valueOf(key.version()),
                key.state(),
                key.keyId(),
                key.checkValue(),
                key.source(),
                date(key.proposedAt(), session),
                date(key.activatedAt(), session)));
        MasterKeyReports said = MasterKeyReports.of(key, cluster);
        json.add(json(key));
        if (key.is("PROPOSED") || key.is("ACTIVE")) {
          reports.add("version %d of %s:".formatted(key.version(), key.name()));
          reports.addAll(said.lines());
          String objection = said.objection();
          if (objection != null) {
            objections.add(key.name() + " version " + key.version() + ": " + objection);
          }
        }
      }
      if (format.json()) {
        session.terminal().out().println(Json.of(Map.of("master_keys", json)));
      } else if (keys.isEmpty()) {
        session.terminal().out().println("The cluster has agreed on no master key yet.");
      } else {
        table.lines().forEach(session.terminal().out()::println);
        reports.forEach(line -> session.terminal().out().println(Printable.of(line)));
      }
    }
    session.terminal().out().flush();
    objections.forEach(
        each -> session.terminal().err().println(Printable.of("NOT AGREED: " + each)));
    return objections.isEmpty() ? ExitCode.OK : ExitCode.INCOMPLETE;
  }

  private static String date(String instant, Session session) {
    return instant.isEmpty() ? "n/a" : Dates.print(Instant.parse(instant), session.zone());
  }

  private static Map<String, @Nullable Object> json(MasterKeyInfo key) {
    Map<String, @Nullable Object> entry = new LinkedHashMap<>();
    entry.put("name", key.name());
    entry.put("version", key.version());
    entry.put("state", key.state());
    entry.put("key", key.keyId());
    entry.put("check_value", key.checkValue());
    entry.put("source", key.source());
    entry.put("proposed_by", key.proposedBy());
    entry.put("proposed_at", key.proposedAt());
    entry.put("activated_at", key.activatedAt().isEmpty() ? null : key.activatedAt());
    entry.put("reports", key.reports());
    entry.put("awaited", key.awaited());
    return entry;
  }
}
