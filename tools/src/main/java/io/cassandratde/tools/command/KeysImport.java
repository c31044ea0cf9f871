package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.keys.config.ReplicatedKeysConfig;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.files.PrivateDirectory;
import io.cassandratde.keys.replicated.LocalCopies;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.hierarchy.KeyArchive;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code keys import <file>}. */
@Command(
    name = "import",
    description =
        "Bring wrapped data keys that `keys export` wrote into this node's local copies: it starts by"
            + " them, and gives the cluster's table back what that lost. As the user that runs"
            + " Cassandra")
public final class KeysImport extends TdeCommand {

  @AirlineModule private ConfigOption config = new ConfigOption();

  @Option(
      name = {"--directory"},
      title = "directory",
      description = "Of the local copies (replicated_keys.directory of the configuration)")
  private @Nullable String directory;

  @Arguments(title = "file", description = "What `keys export` wrote")
  @Operands(form = "<file>", least = 1, most = 1)
  private List<String> arguments = new ArrayList<>();

  @Override
  public ExitCode run(Session session) throws Exception {
    Path file = Path.of(arguments.get(0));
    KeyArchive archive = KeyArchive.read(NodeDirectories.existing(arguments).get(0));
    LocalCopies copies = open(directory(session));
    int restored =
        config
            .audit(session)
            .operation("import-wrapped-keys")
            .option("file", file.toString())
            .option("directory", copies.path().toString())
            .run(
                () -> {
                  int count = 0;
                  for (KeyArchive.Entry each : archive.keys()) {
                    count += copies.restore(each.bytes()) ? 1 : 0;
                  }
                  return count;
                });
    session
        .terminal()
        .out()
        .println(
            "Of cluster %s, exported %s: %d data keys are now in %s, %d were there already"
                .formatted(
                    archive.cluster(),
                    archive.exportedAt(),
                    restored,
                    copies.path(),
                    archive.keys().size() - restored));
    session.terminal().out().println("They open with these master keys:");
    archive.masterKeys().forEach(each -> session.terminal().out().println("  " + each));
    return ExitCode.OK;
  }

  private Path directory(Session session) throws CommandFailure {
    if (directory != null) {
      return Path.of(directory).toAbsolutePath();
    }
    TdeConfig loaded = config.load(session);
    ReplicatedKeysConfig replicated = loaded.replicatedKeys();
    if (replicated == null) {
      throw new CommandFailure(
          ExitCode.CONFIGURATION,
          loaded.file() + " has no replicated_keys: add it, or say --directory");
    }
    return replicated.directory();
  }

  private static LocalCopies open(Path directory) throws CommandFailure {
    try {
      return LocalCopies.open(directory);
    } catch (PrivateDirectory.Refused e) {
      throw new CommandFailure(
          ExitCode.CONFIGURATION,
          "the directory of local copies %s: %s".formatted(e.problem(), e.remedy()),
          e);
    }
  }
}
