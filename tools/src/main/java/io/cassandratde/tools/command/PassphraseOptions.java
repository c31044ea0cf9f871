package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code --passphrase} and {@code --passphrase-file}. */
public final class PassphraseOptions {

  private static final int LONGEST = 4096;
  private static final Set<PosixFilePermission> OWNER =
      Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  @Option(
      name = {"--passphrase"},
      description =
          "Under a passphrase alone, without any master key. It is asked for; on no terminal it is"
              + " the next line of standard input")
  private boolean asked;

  @Option(
      name = {"--passphrase-file"},
      title = "file",
      description = "As --passphrase, and it is the only line of this file; mode 600")
  private @Nullable String file;

  boolean given() {
    return asked || file != null;
  }

  /**
   * The caller wipes it.
   *
   * @param twice a new one, which nobody has typed before
   */
  char[] read(Session session, boolean twice) throws CommandFailure, IOException {
    if (file != null) {
      return fromFile(Path.of(file));
    }
    Terminal terminal = session.terminal();
    Terminal.Person person = terminal.person();
    char[] typed =
        person == null ? terminal.readPipedLine() : person.secret("Passphrase of the export: ");
    if (typed == null || typed.length == 0) {
      throw new CommandFailure(
          ExitCode.USAGE, "no passphrase: say --passphrase-file, or give it as a line of input");
    }
    if (twice && person != null) {
      char[] again = person.secret("Once more: ");
      boolean same = again != null && Arrays.equals(typed, again);
      if (again != null) {
        Arrays.fill(again, '\0');
      }
      if (!same) {
        Arrays.fill(typed, '\0');
        throw new CommandFailure(ExitCode.USAGE, "the two passphrases differ");
      }
    }
    return typed;
  }

  private static char[] fromFile(Path file) throws CommandFailure, IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (view != null && !OWNER.containsAll(view.readAttributes().permissions())) {
      throw new CommandFailure(
          ExitCode.CONFIGURATION,
          "%s can be used by others than its owner (%s): chmod 600 %s"
              .formatted(
                  file, PosixFilePermissions.toString(view.readAttributes().permissions()), file));
    }
    byte[] bytes = new byte[0];
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LONGEST + 1);
      int end = bytes.length;
      while (end > 0 && (bytes[end - 1] == '\n' || bytes[end - 1] == '\r')) {
        end--;
      }
      if (end == 0 || bytes.length > LONGEST) {
        throw new CommandFailure(
            ExitCode.CONFIGURATION, file + " is empty, or longer than any passphrase");
      }
      char[] passphrase = new char[end];
      for (int i = 0; i < end; i++) {
        passphrase[i] = (char) (bytes[i] & 0xFF);
      }
      return passphrase;
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }
}
