package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.approval.ClusterName;
import io.cassandratde.tools.hierarchy.KeyArchive;
import io.cassandratde.tools.hierarchy.KeyHierarchy;
import io.cassandratde.tools.jmx.ClusterNodes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code keys export --wrapped <file>}. */
@Command(
    name = "export",
    description =
        "Write all data keys, wrapped, into a file: for a cluster that has to be built again from"
            + " backups. Worth nothing without the master keys, which it names")
public final class KeysExport extends TdeCommand {

  @AirlineModule private AskedNodes nodes = new AskedNodes();
  @AirlineModule private ConfigOption config = new ConfigOption();

  @Option(
      name = {"--wrapped"},
      description = "As they are wrapped; there is no other way, and this says that you know it")
  private boolean wrapped;

  @Arguments(title = "file", description = "A new one; mode 600")
  @Operands(form = "<file>", least = 1, most = 1)
  private List<String> arguments = new ArrayList<>();

  @Override
  public ExitCode run(Session session) throws Exception {
    if (!wrapped) {
      throw new CommandFailure(
          ExitCode.USAGE, "write: keys export --wrapped <file>; keys are never exported in clear");
    }
    Path file = Path.of(arguments.get(0));
    if (Files.exists(file)) {
      throw new CommandFailure(ExitCode.USAGE, file + " is there already: name a new file");
    }
    KeyArchive archive;
    try (ClusterNodes cluster = nodes.connect(session)) {
      KeyHierarchy keys = new KeyHierarchy(cluster);
      String name = ClusterName.of(cluster);
      archive =
          config
              .audit(session)
              .operation("export-wrapped-keys")
              .option("file", file.toString())
              .run(
                  () -> {
                    KeyArchive made = KeyArchive.of(name, session.clock().instant(), keys.export());
                    made.write(file);
                    return made;
                  });
    }
    session
        .terminal()
        .out()
        .println("%d data keys, wrapped, are in %s".formatted(archive.keys().size(), file));
    session.terminal().out().println("They open with these master keys, which are not in it:");
    archive.masterKeys().forEach(each -> session.terminal().out().println("  " + each));
    return ExitCode.OK;
  }
}
