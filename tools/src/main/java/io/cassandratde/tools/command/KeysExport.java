package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.approval.ClusterName;
import io.cassandratde.tools.export.KeyArchive;
import io.cassandratde.tools.export.PassphraseKey;
import io.cassandratde.tools.export.SealedArchive;
import io.cassandratde.tools.hierarchy.KeyHierarchy;
import io.cassandratde.tools.jmx.ClusterNodes;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code keys export --wrapped|--under <master key>|--passphrase <file>}. */
@Command(
    name = "export",
    description =
        "Write all data keys into a file, for a cluster that has to be built again from backups:"
            + " wrapped as they are, wrapped under another master key, or sealed under a passphrase;"
            + " never in clear")
public final class KeysExport extends TdeCommand {

  @AirlineModule private AskedNodes nodes = new AskedNodes();
  @AirlineModule private ConfigOption config = new ConfigOption();
  @AirlineModule private PassphraseOptions passphrase = new PassphraseOptions();

  @Option(
      name = {"--wrapped"},
      description = "As they are wrapped; worth nothing without the master keys, which it names")
  private boolean wrapped;

  @Option(
      name = {"--under"},
      title = "master key",
      description =
          "Wrapped under the current key of another master key alone, which master_keys of the"
              + " nodes' configuration names")
  private @Nullable String under;

  @Arguments(title = "file", description = "A new one; mode 600")
  @Operands(form = "<file>", least = 1, most = 1)
  private List<String> arguments = new ArrayList<>();

  @Override
  public ExitCode run(Session session) throws Exception {
    int ways = (wrapped ? 1 : 0) + (under != null ? 1 : 0) + (passphrase.given() ? 1 : 0);
    if (ways != 1) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "say one of --wrapped, --under <master key>, --passphrase and --passphrase-file <file>;"
              + " keys are never exported in clear");
    }
    Path file = Path.of(arguments.get(0));
    if (Files.exists(file)) {
      throw new CommandFailure(ExitCode.USAGE, file + " is there already: name a new file");
    }
    return passphrase.given() ? sealed(session, file) : wrapped(session, file);
  }

  private ExitCode wrapped(Session session, Path file) throws Exception {
    KeyArchive archive;
    try (ClusterNodes cluster = nodes.connect(session)) {
      KeyHierarchy keys = new KeyHierarchy(cluster);
      String name = ClusterName.of(cluster);
      archive =
          config
              .audit(session)
              .operation("export-wrapped-keys")
              .option("file", file.toString())
              .option("under", under)
              .run(
                  () -> {
                    List<String> copies = under == null ? keys.export() : keys.exportUnder(under);
                    KeyArchive made = KeyArchive.of(name, session.clock().instant(), copies);
                    made.write(file);
                    return made;
                  });
    }
    PrintStream out = session.terminal().out();
    out.println("%d data keys, wrapped, are in %s".formatted(archive.keys().size(), file));
    out.println("They open with these master keys, which are not in it:");
    archive.masterKeys().forEach(each -> out.println("  " + each));
    return ExitCode.OK;
  }

  /** The passphrase, and what is derived from it, stay in this process. */
  private ExitCode sealed(Session session, Path file) throws Exception {
    char[] typed = passphrase.read(session, true);
    SealedArchive archive;
    try (PassphraseKey key = PassphraseKey.create(typed);
        ClusterNodes cluster = nodes.connect(session)) {
      KeyHierarchy keys = new KeyHierarchy(cluster);
      String name = ClusterName.of(cluster);
      String publicKey = Base64.getEncoder().encodeToString(key.publicKey());
      archive =
          config
              .audit(session)
              .operation("export-keys-under-passphrase")
              .option("file", file.toString())
              .option("public_key", publicKey)
              .run(
                  () -> {
                    SealedArchive made =
                        SealedArchive.of(
                            key, name, session.clock().instant(), keys.exportSealed(publicKey));
                    made.write(file);
                    return made;
                  });
    } finally {
      Arrays.fill(typed, '\0');
    }
    session
        .terminal()
        .out()
        .println(
            "%d data keys are in %s; whoever has it and the passphrase has them: keep the two apart"
                .formatted(archive.size(), file));
    return ExitCode.OK;
  }
}
