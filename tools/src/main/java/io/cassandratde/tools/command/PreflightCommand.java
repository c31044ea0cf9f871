package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.backup.BackupScan;
import io.cassandratde.tools.backup.ExportedKeys;
import io.cassandratde.tools.backup.KeyCheck;
import io.cassandratde.tools.backup.KeyCheck.Outcome;
import io.cassandratde.tools.backup.Manifest;
import io.cassandratde.tools.backup.ManifestJson;
import io.cassandratde.tools.backup.NeededKey;
import io.cassandratde.tools.backup.Preflight;
import io.cassandratde.tools.backup.PreflightReport;
import io.cassandratde.tools.output.Printable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code preflight}: whether the keys of a backup can still be had. */
@Command(
    name = "preflight",
    description =
        "Ask the key servers, before a restore, whether each key that a backup needs can still be"
            + " had; changes nothing there")
public final class PreflightCommand extends TdeCommand {

  @AirlineModule private ConfigOption config = new ConfigOption();
  @AirlineModule private FormatOption format = new FormatOption();

  @Option(
      name = {"--key-file"},
      title = "file",
      description =
          "A local key file outside of system_key_directory, as tables name one by its path; may be"
              + " repeated")
  private List<String> keyFiles = new ArrayList<>();

  @Option(
      name = {"--keys"},
      title = "export",
      description =
          "What `keys export` wrote, where replicated keys are to come from: does it hold them, and do"
              + " they open by the master keys of this configuration? May be repeated")
  private List<String> exports = new ArrayList<>();

  @Arguments(
      title = "manifest.json|path",
      description =
          "Manifests (files named *.json), or directories and files of a backup, with all below them")
  @Operands(form = "<manifest.json|path>...", least = 1)
  private List<String> arguments = new ArrayList<>();

  @Override
  public ExitCode run(Session session) throws CommandFailure, IOException {
    ExportedKeys exported = ExportedKeys.read(NodeDirectories.existing(exports));
    List<NeededKey> needed = new ArrayList<>();
    List<Manifest.Unread> unread = new ArrayList<>();
    List<Path> roots = new ArrayList<>();
    for (Path path : NodeDirectories.existing(arguments)) {
      if (path.toString().endsWith(".json")) {
        Manifest manifest = manifest(path);
        needed.addAll(manifest.keys());
        unread.addAll(manifest.unread());
      } else {
        roots.add(path);
      }
    }
    if (!roots.isEmpty()) {
      BackupScan scan = BackupScan.of(roots, config.groupNames(session));
      if (scan.files() == 0) {
        throw new CommandFailure(ExitCode.NOT_FOUND, "there is no file below " + roots);
      }
      needed.addAll(scan.keys());
      unread.addAll(scan.unread());
    }
    List<KeyCheck> checks =
        needed.isEmpty()
            ? List.of()
            : new Preflight(
                    config.load(session), keyFiles.stream().map(Path::of).toList(), exported)
                .check(needed);
    ExitCode verdict = verdict(checks, unread);
    PreflightReport report = new PreflightReport(checks, unread, verdict == ExitCode.OK);
    if (format.json()) {
      session.terminal().out().println(report.json());
    } else {
      report.lines().forEach(session.terminal().out()::println);
    }
    tell(session.terminal().err(), checks, unread);
    return verdict;
  }

  private static Manifest manifest(Path file) throws CommandFailure, IOException {
    try {
      return ManifestJson.read(file);
    } catch (ManifestJson.NoManifestException e) {
      throw new CommandFailure(ExitCode.CONFIGURATION, String.valueOf(e.getMessage()), e);
    }
  }

  /** The gravest first; what nobody could be asked about says nothing about the rest. */
  private static ExitCode verdict(List<KeyCheck> checks, List<Manifest.Unread> unread) {
    Set<Outcome> seen = checks.stream().map(KeyCheck::outcome).collect(Collectors.toSet());
    if (seen.contains(Outcome.LOST) || seen.contains(Outcome.WRONG_KEY)) {
      return ExitCode.KEY_LOST;
    }
    if (seen.contains(Outcome.REFUSED)) {
      return ExitCode.REFUSED;
    }
    if (seen.contains(Outcome.UNKNOWN_GROUP)) {
      return ExitCode.CONFIGURATION;
    }
    if (seen.contains(Outcome.NOT_ASKED)) {
      return ExitCode.UNREACHABLE;
    }
    return unread.isEmpty() ? ExitCode.OK : ExitCode.INCOMPLETE;
  }

  private static void tell(PrintStream err, List<KeyCheck> checks, List<Manifest.Unread> unread) {
    for (KeyCheck check : checks) {
      if (check.outcome() != Outcome.OPENS) {
        String key = check.key().groupOrTag() + '/' + check.key().reference().keyId();
        err.println(Printable.of(check.outcome().text() + ": key " + key + ": " + check.detail()));
      }
    }
    for (Manifest.Unread one : unread) {
      String where = one.path().isEmpty() ? "" : one.path() + ": ";
      err.println(Printable.of("NOT READ, so more keys may be needed: " + where + one.reason()));
    }
  }
}
