package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.keys.config.ReplicatedKeysConfig;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.files.PrivateDirectory;
import io.cassandratde.keys.replicated.LocalCopies;
import io.cassandratde.keys.replicated.StoredKey;
import io.cassandratde.keys.runtime.TdeRuntime;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.export.ExportFile;
import io.cassandratde.tools.export.KeyArchive;
import io.cassandratde.tools.export.PassphraseKey;
import io.cassandratde.tools.export.SealedArchive;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code keys import <file>}. */
@Command(
    name = "import",
    description =
        "Bring data keys that `keys export` wrote into this node's local copies: it starts by them,"
            + " and gives the cluster's table back what that lost. Those under a passphrase are"
            + " wrapped under the master keys of this node's configuration. As the user that runs"
            + " Cassandra")
public final class KeysImport extends TdeCommand {

  @AirlineModule private ConfigOption config = new ConfigOption();
  @AirlineModule private PassphraseOptions passphrase = new PassphraseOptions();

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
    ExportFile file = ExportFile.read(NodeDirectories.existing(arguments).get(0));
    if (file.isSealed()) {
      return sealed(session, file);
    }
    if (passphrase.given()) {
      throw new CommandFailure(
          ExitCode.USAGE, arguments.get(0) + " opens with master keys, not with a passphrase");
    }
    KeyArchive archive = KeyArchive.read(file);
    List<Restoring> keys = new ArrayList<>();
    archive.keys().forEach(each -> keys.add(copies -> copies.restore(each.bytes())));
    restore(session, "import-wrapped-keys", archive.cluster(), archive.exportedAt(), keys);
    PrintStream out = session.terminal().out();
    out.println("They open with these master keys:");
    archive.masterKeys().forEach(each -> out.println("  " + each));
    return ExitCode.OK;
  }

  /** All are opened, and wrapped, before the first is written. */
  private ExitCode sealed(Session session, ExportFile file) throws Exception {
    SealedArchive archive = SealedArchive.read(file);
    TdeConfig loaded = config.load(session);
    var unused = replicated(loaded);
    char[] typed = passphrase.read(session, false);
    Instant at = session.clock().instant().truncatedTo(ChronoUnit.MILLIS);
    List<Restoring> keys = new ArrayList<>();
    try (PassphraseKey key = archive.open(file, typed);
        TdeRuntime runtime = TdeRuntime.open(loaded)) {
      for (StoredKey each : archive.under(file, runtime::masterKeys, key, at)) {
        keys.add(copies -> copies.restore(each, archive.exportedAt()));
      }
    } finally {
      Arrays.fill(typed, '\0');
    }
    String exportedAt = archive.exportedAt().toString();
    restore(session, "import-keys-under-passphrase", archive.cluster(), exportedAt, keys);
    session
        .terminal()
        .out()
        .println("Each is wrapped under the master key of its name in " + loaded.file());
    return ExitCode.OK;
  }

  private interface Restoring {
    boolean into(LocalCopies copies) throws IOException;
  }

  private void restore(
      Session session, String operation, String cluster, String exportedAt, List<Restoring> keys)
      throws Exception {
    LocalCopies copies = open(directory(session));
    int restored =
        config
            .audit(session)
            .operation(operation)
            .option("file", arguments.get(0))
            .option("directory", copies.path().toString())
            .run(
                () -> {
                  int count = 0;
                  for (Restoring each : keys) {
                    count += each.into(copies) ? 1 : 0;
                  }
                  return count;
                });
    session
        .terminal()
        .out()
        .println(
            "Of cluster %s, exported %s: %d data keys are now in %s, %d were there already"
                .formatted(cluster, exportedAt, restored, copies.path(), keys.size() - restored));
  }

  private Path directory(Session session) throws CommandFailure {
    return directory != null
        ? Path.of(directory).toAbsolutePath()
        : replicated(config.load(session)).directory();
  }

  private static ReplicatedKeysConfig replicated(TdeConfig loaded) throws CommandFailure {
    ReplicatedKeysConfig replicated = loaded.replicatedKeys();
    if (replicated == null) {
      throw new CommandFailure(
          ExitCode.CONFIGURATION,
          loaded.file() + " has no replicated_keys: add it; wrapped keys need --directory alone");
    }
    return replicated;
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
