package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.Terminal;
import io.cassandratde.tools.cluster.ClusterInventory;
import io.cassandratde.tools.cluster.DataKeyInfo;
import io.cassandratde.tools.cluster.MasterKeyInfo;
import io.cassandratde.tools.hierarchy.KeyHierarchy;
import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.output.Json;
import io.cassandratde.tools.output.Printable;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.management.JMException;
import org.jspecify.annotations.Nullable;

/** {@code keys list}. */
@Command(
    name = "list",
    description =
        "Show the replicated data keys: which master key wraps each, its state, and what needs it;"
            + " every node reads its disk for that, and one opens them all")
public final class KeysList extends TdeCommand {

  @AirlineModule private AskedNodes nodes = new AskedNodes();
  @AirlineModule private DataKeyOptions which = new DataKeyOptions();
  @AirlineModule private FormatOption format = new FormatOption();

  @Option(
      name = {"--no-counts"},
      description =
          "Without what needs each key, and whether it opens: no disk is read, no master key used")
  private boolean noCounts;

  @Override
  public ExitCode run(Session session)
      throws CommandFailure, InterruptedException, IOException, JMException {
    Terminal terminal = session.terminal();
    List<DataKeyInfo> keys;
    List<MasterKeyInfo> masters;
    @Nullable ClusterInventory inventory = null;
    List<String> unsound = List.of();
    try (ClusterNodes cluster = nodes.connect(session)) {
      KeyHierarchy hierarchy = new KeyHierarchy(cluster);
      keys = hierarchy.dataKeys().stream().filter(which::isMeant).toList();
      masters = hierarchy.masterKeys();
      if (!noCounts) {
        Map<String, String> faults = hierarchy.checkWraps();
        unsound =
            keys.stream().map(key -> faults.get(key.keyId())).filter(Objects::nonNull).toList();
        inventory = ClusterInventory.read(cluster);
      }
    }
    DataKeysView view = new DataKeysView(keys, masters, inventory, unsound, session.zone());
    if (format.json()) {
      terminal.out().println(Json.of(view.json()));
    } else {
      view.lines().forEach(terminal.out()::println);
    }
    terminal.out().flush();
    List<String> open = inventory == null ? List.of() : inventory.openItems();
    open.forEach(item -> terminal.err().println(Printable.of("NOT READ: " + item)));
    unsound.forEach(key -> terminal.err().println(Printable.of("NOT SOUND: " + key)));
    return open.isEmpty() && unsound.isEmpty() ? ExitCode.OK : ExitCode.INCOMPLETE;
  }
}
