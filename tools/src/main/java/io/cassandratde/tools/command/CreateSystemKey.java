package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.kmip.KeyAdministration;
import io.cassandratde.keys.kmip.KeyFacts;
import io.cassandratde.keys.local.SystemKeyFile;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.audit.AuditLog;
import io.cassandratde.tools.output.Printable;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code createsystemkey}: a key in a local file, or in a KMIP group with {@code -k=group}. */
@Command(
    name = "createsystemkey",
    description =
        "Create a system key: a local key file (mode 600), or with -k a key in a KMIP group")
public final class CreateSystemKey extends TdeCommand {
  private static final int DEFAULT_BITS = 256;

  @AirlineModule private ConfigOption config = new ConfigOption();

  @Option(
      name = {"-d", "--directory"},
      title = "directory",
      description = "Where the key file goes (default system_key_directory)")
  private @Nullable String directory;

  @Option(
      name = {"-k", "--kmip"},
      title = "group",
      description = "Create the key in this KMIP group")
  private @Nullable String group;

  @Option(
      name = {"-t", "--template"},
      title = "template",
      description = "KMIP template")
  private @Nullable String template;

  @Option(
      name = {"-n", "--namespace"},
      title = "namespace",
      description = "Namespace of the KMIP key")
  private @Nullable String namespace;

  @Arguments(
      title = {"cipher[/mode/padding]", "length", "key_name"},
      description =
          "AES, 128, 192 or 256 bits (default 256), and the name of the file (default system_key) or key")
  @Operands(form = "[<cipher[/mode/padding]> [<length> [<key_name>]]]", most = 3)
  private List<String> arguments = new ArrayList<>();

  @Override
  public ExitCode run(Session session) throws Exception {
    CipherSpec cipher = cipher();
    String name = arguments.size() < 3 ? null : arguments.get(2);
    return group == null
        ? inFile(session, cipher, name == null ? "system_key" : name)
        : inGroup(session, cipher, name);
  }

  private CipherSpec cipher() throws CommandFailure {
    String cipher = arguments.isEmpty() ? "AES" : arguments.get(0);
    String algorithm = cipher.split("/", -1)[0].toUpperCase(Locale.ROOT);
    if (!algorithm.equals("AES")) {
      throw new CommandFailure(
          ExitCode.USAGE, "'" + cipher + "': only AES keys are made, for AES/GCM/NoPadding");
    }
    String length = arguments.size() < 2 ? String.valueOf(DEFAULT_BITS) : arguments.get(1);
    return switch (length) {
      case "128" -> CipherSpec.AES_128;
      case "192" -> CipherSpec.AES_192;
      case "256" -> CipherSpec.AES_256;
      default ->
          throw new CommandFailure(
              ExitCode.USAGE, "'" + length + "' is no key length: 128, 192 or 256");
    };
  }

  private ExitCode inFile(Session session, CipherSpec cipher, String name) throws Exception {
    if (namespace != null || template != null) {
      throw new CommandFailure(ExitCode.USAGE, "-n and -t go with -k=group only");
    }
    Path target =
        directory == null
            ? config.load(session).systemKeyDirectory().resolve(name)
            : Path.of(directory).resolve(name);
    Path parent = target.toAbsolutePath().getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw new CommandFailure(ExitCode.CONFIGURATION, "no directory " + parent + ": create it");
    }
    try {
      config
          .audit(session)
          .operation("createsystemkey")
          .localGroup()
          .option("file", target.toAbsolutePath().toString())
          .option("cipher", cipher.toString())
          .run(
              () -> {
                SystemKeyFile.create(target, cipher);
                return SystemKeyFile.withLast(target, new Hkdf(), SystemKeyFile.Entry::id);
              },
              id -> id);
    } catch (FileAlreadyExistsException e) {
      throw new CommandFailure(
          ExitCode.CONFIGURATION, target + " exists; a key file is never overwritten", e);
    }
    session.terminal().out().println("Created key file " + target + " (" + cipher + ").");
    session
        .terminal()
        .warn("without " + target + " its data is lost: back it up apart from the data");
    return ExitCode.OK;
  }

  private ExitCode inGroup(Session session, CipherSpec cipher, @Nullable String name)
      throws Exception {
    // DSE writes -k=group, which a getopt parser reads as the value "=group".
    String given = group == null ? "" : group;
    String wanted = given.startsWith("=") ? given.substring(1) : given;
    TdeConfig loaded = config.load(session);
    KmipGroups groups = new KmipGroups(loaded);
    try (KeyAdministration administration = groups.open(wanted)) {
      String id =
          AuditLog.of(loaded.audit(), session)
              .operation("createsystemkey")
              .group(groups.group(wanted))
              .option("cipher", cipher.toString())
              .option("namespace", namespace)
              .option("template", template)
              .option("name", name)
              .run(() -> administration.create(cipher, namespace, template, name), KeyFacts::id)
              .id();
      session
          .terminal()
          .out()
          .println(
              "Created key " + Printable.of(id) + " in group " + wanted + " (" + cipher + ").");
    }
    return ExitCode.OK;
  }
}
