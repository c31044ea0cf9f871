package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.keys.config.ApprovalsConfig;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.Terminal;
import io.cassandratde.tools.approval.Approving;
import io.cassandratde.tools.audit.AuditLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code approve}: one person's consent to a request, or a key for one. */
@Command(
    name = "approve",
    description =
        "Sign a request for approval that `managekmip destroy` or `shred` wrote with"
            + " --request-approval, after showing it; or, with --new-key, make an approver's key")
public final class ApproveCommand extends TdeCommand {

  @AirlineModule private ConfigOption config = new ConfigOption();

  @Option(
      name = {"--as"},
      title = "name",
      description = "Your name in the configuration's approvals.approvers")
  private @Nullable String approver;

  @Option(
      name = {"--key-file"},
      title = "file",
      description = "Your private key: PKCS#8 in PEM under a passphrase, mode 600")
  private @Nullable String keyFile;

  @Option(
      name = {"--new-key"},
      title = "name",
      description =
          "Make a key in --key-file, under a passphrase that is asked for, and print the line for the"
              + " configuration")
  private @Nullable String newKey;

  @Option(
      name = {"--yes"},
      description =
          "Do not ask for the key id or keyspace; the passphrase is asked for all the same")
  private boolean yes;

  @Arguments(title = "file", description = "The request")
  @Operands(form = "<file> --as <name> --key-file <file>", most = 1)
  private List<String> arguments = new ArrayList<>();

  @Override
  public ExitCode run(Session session) throws Exception {
    if (keyFile == null
        || (newKey == null
            ? arguments.isEmpty() || approver == null
            : !arguments.isEmpty() || approver != null)) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "write: approve <file> --as <name> --key-file <file>, or approve --new-key <name>"
              + " --key-file <file>");
    }
    String name = newKey == null ? java.util.Objects.requireNonNull(approver) : newKey;
    if (!ApprovalsConfig.NAME.matcher(name).matches()) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "'" + name + "' is no name of an approver: letters, digits and . _ @ -, at most 64");
    }
    Path key = Path.of(keyFile);
    if (newKey != null) {
      char[] passphrase = twice(session.terminal());
      try {
        new Approving(session, null).newKey(name, key, passphrase);
      } finally {
        Arrays.fill(passphrase, '\0');
      }
      return ExitCode.OK;
    }
    Path file = Path.of(arguments.get(0));
    boolean closed = config.isClosed(session);
    if (closed) {
      session.terminal().warn("this user may not read the configuration here: it is not used");
    }
    AuditLog audit = closed ? AuditLog.of(null, session) : config.audit(session);
    Approving approving = new Approving(session, closed ? null : config.approvals(session));
    Approving.Shown shown = approving.show(file, name, audit);
    if (!yes) {
      confirm(session.terminal(), shown.subject().toType());
    }
    char[] passphrase = passphrase(session.terminal(), "Passphrase of " + key + ": ");
    try {
      approving.sign(shown, name, key, passphrase, audit);
    } finally {
      Arrays.fill(passphrase, '\0');
    }
    return ExitCode.OK;
  }

  private static void confirm(Terminal terminal, String toType) throws CommandFailure {
    Terminal.Person person = terminal.person();
    if (person == null) {
      throw new CommandFailure(
          ExitCode.NOT_CONFIRMED,
          "nothing was signed: no terminal to confirm on; scripts say --yes");
    }
    String answer = person.answer("Type the key id or the keyspace to approve this: ");
    if (answer == null || !answer.strip().equals(toType)) {
      throw new CommandFailure(ExitCode.NOT_CONFIRMED, "nothing was signed: not confirmed");
    }
  }

  private static char[] passphrase(Terminal terminal, String question)
      throws CommandFailure, IOException {
    Terminal.Person person = terminal.person();
    char[] typed = person == null ? terminal.readPipedLine() : person.secret(question);
    if (typed == null || typed.length == 0) {
      throw new CommandFailure(
          ExitCode.USAGE, "no passphrase: on no terminal it is the next line of standard input");
    }
    return typed;
  }

  private static char[] twice(Terminal terminal) throws CommandFailure, IOException {
    char[] first = passphrase(terminal, "Passphrase of the new key: ");
    char[] second = null;
    boolean same = false;
    try {
      Terminal.Person person = terminal.person();
      second = person == null ? first.clone() : person.secret("Once more: ");
      same = second != null && Arrays.equals(first, second);
      if (!same) {
        throw new CommandFailure(ExitCode.USAGE, "the two passphrases differ");
      }
      return first;
    } finally {
      if (second != null) {
        Arrays.fill(second, '\0');
      }
      if (!same) {
        Arrays.fill(first, '\0');
      }
    }
  }
}
