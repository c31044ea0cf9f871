package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.Terminal;
import io.cassandratde.tools.hierarchy.KeyHierarchy;
import io.cassandratde.tools.hierarchy.MasterKeyReports;
import io.cassandratde.tools.jmx.ClusterNodes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code masterkey activate <name> <version>}. */
@Command(
    name = "activate",
    description =
        "Make a proposed master key the one that wraps, when every node has shown that it has the same"
            + " one. `keys rewrap` then brings the data keys under it")
public final class MasterKeyActivate extends TdeCommand {

  @AirlineModule private AskedNodes nodes = new AskedNodes();
  @AirlineModule private ConfigOption config = new ConfigOption();

  @Option(
      name = {"--without"},
      title = "host id,…",
      description =
          "Nodes that are left behind: they wrap nothing until they have fetched it, and say so")
  private @Nullable String without;

  @Arguments(
      title = {"name", "version"},
      description = "The master key, and the proposed version")
  @Operands(form = "<name> <version>", least = 2, most = 2)
  private List<String> arguments = new ArrayList<>();

  @Override
  public ExitCode run(Session session) throws Exception {
    String name = arguments.get(0);
    int version = version(arguments.get(1));
    List<String> left =
        without == null
            ? List.of()
            : Arrays.stream(without.split(",", -1)).map(String::strip).toList();
    Terminal terminal = session.terminal();
    try (ClusterNodes cluster = nodes.connect(session)) {
      KeyHierarchy keys = new KeyHierarchy(cluster);
      MasterKeyReports reports = MasterKeyReports.of(keys, cluster, name, version);
      reports.lines().forEach(terminal.out()::println);
      terminal.out().flush();
      var unused =
          config
              .audit(session)
              .operation("activate-master-key")
              .key(reports.key().keyId())
              .option("master", name)
              .option("version", version)
              .option("without", without)
              .run(
                  () -> {
                    keys.activate(name, version, left);
                    return true;
                  });
      terminal
          .out()
          .println(
              "Version %d of master key %s is active. Now run `%s keys rewrap --master %s`"
                  .formatted(version, name, session.program(), name));
    }
    return ExitCode.OK;
  }

  static int version(String text) throws CommandFailure {
    try {
      int version = Integer.parseInt(text);
      if (version > 0) {
        return version;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new CommandFailure(
        ExitCode.USAGE, "'" + text + "' is no version; `masterkey status` shows them: 1, 2, …");
  }
}
