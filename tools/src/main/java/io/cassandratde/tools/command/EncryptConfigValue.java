package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.config.ValueEncryption;
import io.cassandratde.keys.local.SystemKeyFile;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.Terminal;
import io.cassandratde.tools.audit.AuditLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** {@code encryptconfigvalue}: a password for the configuration file, sealed by a local key. */
@Command(
    name = "encryptconfigvalue",
    description =
        "Encrypt a value for the configuration file; asks for it twice, or reads it from standard"
            + " input when that is a pipe")
public final class EncryptConfigValue extends TdeCommand {

  @AirlineModule private ConfigOption config = new ConfigOption();

  @Option(
      name = {"--key"},
      title = "name",
      description =
          "Key file, a path or a name in system_key_directory (default: config_encryption_key_name)")
  private @Nullable String key;

  @Override
  public ExitCode run(Session session) throws Exception {
    Path keyFile = keyFile(session);
    AuditLog audit = config.audit(session);
    char[] value = value(session.terminal());
    try {
      String sealed =
          audit
              .operation("encryptconfigvalue")
              .localGroup()
              .key(keyId(keyFile))
              .option("file", keyFile.toAbsolutePath().toString())
              .run(() -> new ValueEncryption(keyFile).encrypt(value));
      session.terminal().out().println("Your encrypted value is:");
      session.terminal().out().println();
      session.terminal().out().println(sealed);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    } finally {
      Arrays.fill(value, '\0');
    }
    return ExitCode.OK;
  }

  private Path keyFile(Session session) {
    if (key != null && key.contains("/")) {
      return Path.of(key); // no configuration needed
    }
    TdeConfig loaded = config.load(session);
    return key == null
        ? loaded.configEncryptionKeyFile()
        : loaded.systemKeyDirectory().resolve(key);
  }

  /** Null: the file cannot be used, as the operation itself will find out. */
  private static @Nullable String keyId(Path keyFile) {
    try {
      return SystemKeyFile.withLast(keyFile, new Hkdf(), SystemKeyFile.Entry::id);
    } catch (KeyException e) {
      return null;
    }
  }

  private static char[] value(Terminal terminal) throws CommandFailure, IOException {
    Terminal.Person person = terminal.person();
    char[] first = null;
    char[] second = null;
    try {
      if (person != null) {
        first = person.secret("Enter value to encrypt: ");
        second = person.secret("Enter again to confirm: ");
        if (first == null || second == null) {
          throw new CommandFailure(ExitCode.USAGE, "no value given");
        }
      } else {
        first = terminal.readPipedLine();
        second = terminal.readPipedLine(); // a script may answer both prompts or one
      }
      if (first == null || first.length == 0) {
        throw new CommandFailure(ExitCode.USAGE, "no value given");
      }
      if (second != null && !Arrays.equals(first, second)) {
        throw new CommandFailure(ExitCode.USAGE, "the two values differ");
      }
      return first.clone();
    } finally {
      wipe(first);
      wipe(second);
    }
  }

  private static void wipe(char @Nullable [] secret) {
    if (secret != null) {
      Arrays.fill(secret, '\0');
    }
  }
}
