package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.hierarchy.KeyHierarchy;
import io.cassandratde.tools.jmx.ClusterNodes;
import java.util.ArrayList;
import java.util.List;

/** {@code masterkey abort <name> <version>}. */
@Command(name = "abort", description = "Take a proposed master key back; nothing was wrapped by it")
public final class MasterKeyAbort extends TdeCommand {

  @AirlineModule private AskedNodes nodes = new AskedNodes();
  @AirlineModule private ConfigOption config = new ConfigOption();

  @Arguments(
      title = {"name", "version"},
      description = "The master key, and the proposed version")
  @Operands(form = "<name> <version>", least = 2, most = 2)
  private List<String> arguments = new ArrayList<>();

  @Override
  public ExitCode run(Session session) throws Exception {
    String name = arguments.get(0);
    int version = MasterKeyActivate.version(arguments.get(1));
    try (ClusterNodes cluster = nodes.connect(session)) {
      KeyHierarchy keys = new KeyHierarchy(cluster);
      var unused =
          config
              .audit(session)
              .operation("abort-master-key")
              .option("master", name)
              .option("version", version)
              .run(
                  () -> {
                    keys.abort(name, version);
                    return true;
                  });
      session
          .terminal()
          .out()
          .println(
              "The proposal of version %d of master key %s is taken back".formatted(version, name));
    }
    return ExitCode.OK;
  }
}
