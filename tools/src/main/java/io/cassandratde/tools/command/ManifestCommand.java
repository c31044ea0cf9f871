package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.keys.audit.LocalHost;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.Version;
import io.cassandratde.tools.backup.BackupScan;
import io.cassandratde.tools.backup.ExportedKeys;
import io.cassandratde.tools.backup.Manifest;
import io.cassandratde.tools.backup.ManifestJson;
import io.cassandratde.tools.backup.NeededKey;
import io.cassandratde.tools.backup.SnapshotDirectories;
import io.cassandratde.tools.output.Dates;
import io.cassandratde.tools.output.Printable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code manifest}: which keys a backup needs, without any key. */
@Command(
    name = "manifest",
    description =
        "Write as JSON which keys a backup or a snapshot needs, by table; read from raw files, needs"
            + " no key and no server")
public final class ManifestCommand extends TdeCommand {

  @AirlineModule private ConfigOption config = new ConfigOption();

  @Option(
      name = {"--snapshot"},
      title = "name",
      description =
          "Instead of paths: the snapshots of this name in all tables of the directories that"
              + " cassandra.yaml names")
  private @Nullable String snapshot;

  @Option(
      name = {"--cassandra-yaml"},
      title = "file",
      description =
          "With --snapshot: the node's cassandra.yaml (default: in $CASSANDRA_CONF, else in"
              + " /etc/cassandra)")
  private @Nullable String yaml;

  @Option(
      name = {"--hold-until"},
      title = "date",
      description =
          "Until when the backup is kept, and its keys with it: YYYY-MM-DD (that day included) or a"
              + " date with its time")
  private @Nullable String holdUntil;

  @Option(
      name = {"--keys"},
      title = "export",
      description =
          "What `keys export` wrote for this backup: the manifest then names the master keys that"
              + " the backup's replicated keys need, and which of these it lacks. May be repeated")
  private List<String> exports = new ArrayList<>();

  @Arguments(
      title = "path",
      description = "Directories and files of the backup, with all below them")
  @Operands(form = "[<path>...]")
  private List<String> paths = new ArrayList<>();

  @Override
  public ExitCode run(Session session) throws CommandFailure, IOException {
    Instant now = session.clock().instant().truncatedTo(ChronoUnit.SECONDS);
    Instant until = holdUntil(session, now);
    ExportedKeys exported = ExportedKeys.read(NodeDirectories.existing(exports));
    List<Path> roots = roots(session);
    BackupScan scan = BackupScan.of(roots, config.groupNames(session));
    if (scan.files() == 0) {
      throw new CommandFailure(ExitCode.NOT_FOUND, "there is no file below " + roots);
    }
    Manifest manifest =
        new Manifest(
            now,
            "cassandra-tde " + Version.current(),
            LocalHost.name(),
            until,
            snapshot,
            roots.stream().map(root -> root.toAbsolutePath().normalize().toString()).toList(),
            scan.files(),
            scan.bytes(),
            scan.keys(),
            scan.unread());
    session.terminal().out().println(ManifestJson.write(manifest, exported));
    PrintStream err = session.terminal().err();
    List<NeededKey> lacking = exported.lacking(manifest.keys());
    for (NeededKey key : lacking) {
      err.println(
          Printable.of(
              "NOT EXPORTED: key %s/%s is in none of %s: export again after the snapshot"
                  .formatted(key.groupOrTag(), key.reference().keyId(), exports)));
    }
    for (Manifest.Unread one : manifest.unread()) {
      String where = one.path().isEmpty() ? "" : one.path() + ": ";
      err.println(Printable.of("NOT READ: " + where + one.reason()));
    }
    return manifest.complete() && lacking.isEmpty() ? ExitCode.OK : ExitCode.INCOMPLETE;
  }

  private List<Path> roots(Session session) throws CommandFailure, IOException {
    if (snapshot == null) {
      if (paths.isEmpty() || yaml != null) {
        throw new CommandFailure(
            ExitCode.USAGE, "write: manifest <path>..., or manifest --snapshot <name>");
      }
      return NodeDirectories.existing(paths);
    }
    if (!paths.isEmpty()) {
      throw new CommandFailure(ExitCode.USAGE, "give paths or --snapshot, not both");
    }
    if (snapshot.isBlank() || snapshot.contains("/") || Set.of(".", "..").contains(snapshot)) {
      throw new CommandFailure(ExitCode.USAGE, "'" + snapshot + "' is no name of a snapshot");
    }
    List<Path> directories = NodeDirectories.of(session, yaml, "their paths");
    List<Path> found = SnapshotDirectories.named(snapshot, directories);
    if (found.isEmpty()) {
      throw new CommandFailure(
          ExitCode.NOT_FOUND, "no table below " + directories + " has a snapshot " + snapshot);
    }
    return found;
  }

  private @Nullable Instant holdUntil(Session session, Instant now) throws CommandFailure {
    if (holdUntil == null) {
      return null;
    }
    Instant until;
    try {
      until = Dates.parseEnd(holdUntil, session.zone());
    } catch (DateTimeException e) {
      throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
    if (!until.isAfter(now)) {
      throw new CommandFailure(ExitCode.USAGE, "--hold-until " + holdUntil + " is past");
    }
    return until;
  }
}
