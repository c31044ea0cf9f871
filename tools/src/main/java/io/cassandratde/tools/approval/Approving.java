package io.cassandratde.tools.approval;

import io.cassandratde.keys.config.ApprovalsConfig;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.audit.AuditLog;
import io.cassandratde.tools.audit.AuditedOperation;
import io.cassandratde.tools.output.Dates;
import io.cassandratde.tools.output.Printable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What an approver does: makes a key, sees what is asked for, signs it. */
public final class Approving {

  private final Session session;
  private final @Nullable ApprovalsConfig config;

  /**
   * On an approver's machine.
   *
   * @param config null: what is enrolled is not known here, and is checked when it is carried out
   */
  public Approving(Session session, @Nullable ApprovalsConfig config) {
    this.session = session;
    this.config = config;
  }

  /** A request as it was read, and shown. */
  public static final class Shown {
    private final ApprovalFile file;

    private Shown(ApprovalFile file) {
      this.file = file;
    }

    public Subject subject() {
      return file.request().subject();
    }
  }

  /** Makes a key and says what to write into the configuration. */
  public void newKey(String name, Path keyFile, char[] passphrase)
      throws CommandFailure, IOException, GeneralSecurityException {
    String key = ApproverKey.create(keyFile, passphrase);
    PrintStream out = session.terminal().out();
    out.println("Your key is in " + keyFile + ". Line for approvals.approvers:");
    out.println();
    out.println(name + ": " + key);
  }

  /**
   * Reads a request, refuses what can be approved no more, and shows it in plain words.
   *
   * @throws CommandFailure there is nothing to approve
   */
  public Shown show(Path path, String approver, AuditLog audit) throws Exception {
    ApprovalFile file;
    try {
      file = ApprovalFile.read(path);
    } catch (ApprovalFile.NoApprovalException e) {
      throw new CommandFailure(ExitCode.CONFIGURATION, String.valueOf(e.getMessage()), e);
    }
    String objection = objection(file, approver);
    if (objection != null) {
      return operation(file, approver, audit)
          .run(
              () -> {
                throw notSigned(objection);
              });
    }
    print(file, approver);
    return new Shown(file);
  }

  private @Nullable String objection(ApprovalFile file, String approver) {
    ApprovalRequest request = file.request();
    Instant now = session.clock().instant();
    if (!request.expires().isAfter(now)) {
      return file.path() + " expired at " + request.expires() + ": ask for another one";
    }
    // A signature in his name that is not his must not keep him from his own.
    PublicKey enrolled = config == null ? null : config.approvers().get(approver);
    if (file.approvals().stream()
        .filter(each -> each.approver().equals(approver))
        .anyMatch(each -> enrolled == null || each.isOf(request, enrolled))) {
      return file.path() + " has a signature of " + approver + " already";
    }
    if (config == null) {
      return null;
    }
    if (enrolled == null) {
      return "the configuration has no approver %s; there are: %s"
          .formatted(approver, String.join(", ", config.approvers().keySet()));
    }
    List<String> outOfTime = new ApprovalCheck(config, now).outOfTime(request);
    return outOfTime.isEmpty() ? null : file.path() + ": " + String.join("; ", outOfTime);
  }

  private static AuditedOperation operation(ApprovalFile file, String approver, AuditLog audit) {
    ApprovalRequest request = file.request();
    return audit
        .operation("approve")
        .key(request.subject().toType())
        .option("approver", approver)
        .option("act", request.subject().act().word())
        .option("nonce", request.nonce())
        .option("requested_by", request.requester());
  }

  private void print(ApprovalFile file, String approver) {
    ApprovalRequest request = file.request();
    Subject subject = request.subject();
    PrintStream out = session.terminal().out();
    line(out, "As " + approver + " you are about to approve:");
    line(out, "  " + subject.act().what());
    if (!subject.keyspace().isEmpty()) {
      line(out, "  keyspace:     " + subject.keyspace());
      line(out, "  tables:       " + subject.tableIds().size() + ", by their ids of now");
    }
    subject.keys().forEach(key -> line(out, "  " + key));
    line(
        out,
        "  cluster:      "
            + (subject.cluster().isEmpty()
                ? "none is asked; the key is gone for all that use it"
                : subject.cluster()));
    line(out, "  requested by: " + request.requester());
    line(out, "  reason:       " + (request.reason().isEmpty() ? "none" : request.reason()));
    line(out, "  written:      " + Dates.print(request.created(), session.zone()));
    line(out, "  good until:   " + Dates.print(request.expires(), session.zone()));
    line(out, "  approved by:  " + approvedBy(file));
    out.flush();
  }

  private static void line(PrintStream out, String text) {
    out.println(Printable.of(text));
  }

  private String approvedBy(ApprovalFile file) {
    if (file.approvals().isEmpty()) {
      return "nobody yet";
    }
    if (config == null) {
      return file.approvals().stream().map(Approval::approver).collect(Collectors.joining(", "))
          + " (not checked: no section approvals in the configuration here)";
    }
    ApprovalCheck.Count count =
        new ApprovalCheck(config, session.clock().instant())
            .count(file.request(), file.approvals());
    String good = count.approvers().isEmpty() ? "nobody yet" : count.names();
    return count.notCounted().isEmpty()
        ? good
        : good + "; NOT COUNTED: " + String.join("; ", count.notCounted());
  }

  /** Signs exactly what was shown, and adds it to the file. */
  public void sign(Shown shown, String approver, Path keyFile, char[] passphrase, AuditLog audit)
      throws Exception {
    ApprovalRequest request = shown.file.request();
    var unused =
        operation(shown.file, approver, audit)
            .run(
                () -> {
                  PrivateKey key =
                      ApproverKey.open(keyFile, ApproverKey.sealed(keyFile), passphrase);
                  Instant now = session.clock().instant().truncatedTo(ChronoUnit.SECONDS);
                  Approval approval = Approval.sign(request, approver, now, key);
                  requireEnrolled(request, approval, keyFile);
                  add(shown.file, approval);
                  return true;
                });
    session
        .terminal()
        .out()
        .println(Printable.of(shown.file.path() + " is signed by " + approver + "."));
  }

  private static void add(ApprovalFile file, Approval approval) throws CommandFailure, IOException {
    try {
      file.add(approval);
    } catch (ApprovalFile.ChangedException e) {
      throw notSigned(String.valueOf(e.getMessage()));
    }
  }

  private void requireEnrolled(ApprovalRequest request, Approval approval, Path keyFile)
      throws CommandFailure {
    PublicKey enrolled = config == null ? null : config.approvers().get(approval.approver());
    if (enrolled != null && !approval.isOf(request, enrolled)) {
      throw notSigned(
          "the key in %s is not the one that the configuration has for %s"
              .formatted(keyFile, approval.approver()));
    }
    if (config == null) {
      session
          .terminal()
          .warn(
              "whether this is the key of "
                  + approval.approver()
                  + " is checked when it is carried out: no section approvals in the"
                  + " configuration here");
    }
  }

  private static CommandFailure notSigned(String why) {
    return new CommandFailure(ExitCode.NOT_APPROVED, "nothing was signed: " + why);
  }
}
