package io.cassandratde.tools.approval;

import io.cassandratde.keys.audit.Actor;
import io.cassandratde.keys.config.ApprovalsConfig;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.audit.AuditedOperation;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands before an act that needs approval. A command asks {@link #isRequest} once it knows
 * its {@link Subject}: then it writes a request and ends; else {@link #require} lets it go on or
 * throws.
 */
public final class ApprovalGate {

  private static final SecureRandom RANDOM = new SecureRandom();

  private final @Nullable ApprovalsConfig config;
  private final Session session;
  private final @Nullable Path requestFile;
  private final String reason;
  private final List<Path> approvalFiles;

  /**
   * By the options of a command.
   *
   * @param config null: nothing needs approval
   * @param requestFile null: the act is to be carried out
   * @param approvalFiles copies of one request
   */
  public ApprovalGate(
      @Nullable ApprovalsConfig config,
      Session session,
      @Nullable Path requestFile,
      @Nullable String reason,
      List<Path> approvalFiles)
      throws CommandFailure {
    this.config = config;
    this.session = session;
    this.requestFile = requestFile;
    this.reason = reason == null ? "" : reason;
    this.approvalFiles = List.copyOf(approvalFiles);
    if (requestFile != null && !approvalFiles.isEmpty()) {
      throw new CommandFailure(
          ExitCode.USAGE, "give --request-approval to ask, or --approval to carry out, not both");
    }
    if (requestFile == null && reason != null) {
      throw new CommandFailure(ExitCode.USAGE, "--reason goes with --request-approval");
    }
    if (config == null && (requestFile != null || !approvalFiles.isEmpty())) {
      throw new CommandFailure(
          ExitCode.CONFIGURATION,
          "the configuration has no section approvals, so nobody could approve anything");
    }
  }

  /** Whether the act is only asked for. */
  public boolean isRequest() {
    return requestFile != null;
  }

  /** Whether {@link #require} needs anything. */
  public boolean isOn() {
    return config != null;
  }

  /** Writes the request, never over another file. */
  public void request(Subject subject, AuditedOperation operation) throws Exception {
    ApprovalsConfig approvals = java.util.Objects.requireNonNull(config);
    Path file = java.util.Objects.requireNonNull(requestFile);
    Instant now = session.clock().instant().truncatedTo(ChronoUnit.SECONDS);
    byte[] nonce = new byte[16];
    RANDOM.nextBytes(nonce);
    ApprovalRequest request =
        new ApprovalRequest(
            subject,
            requester(),
            reason,
            now,
            now.plus(approvals.validity()),
            HexFormat.of().formatHex(nonce));
    var unused =
        operation
            .option("request", file.toAbsolutePath().toString())
            .option("nonce", request.nonce())
            .option("reason", reason.isEmpty() ? null : reason)
            .run(
                () -> {
                  create(file, request);
                  return true;
                });
    session
        .terminal()
        .out()
        .println(
            """
            Nothing is destroyed. %s asks for it, until %s.
            Each of %d approvers (of: %s) runs
              cassandra-tde approve %s --as <name> --key-file <file>
            then the same command as now with --approval %s instead of --request-approval."""
                .formatted(
                    file,
                    request.expires(),
                    approvals.required(),
                    String.join(", ", approvals.approvers().keySet()),
                    file,
                    file));
  }

  private String requester() {
    Actor actor = Actor.of(session.environment());
    String user = actor.user();
    String sudo = actor.sudoUser();
    return (sudo == null ? user : sudo + " as " + user) + " on " + actor.host();
  }

  private static void create(Path file, ApprovalRequest request)
      throws CommandFailure, IOException {
    try {
      ApprovalFile.create(file, request);
    } catch (FileAlreadyExistsException e) {
      throw new CommandFailure(
          ExitCode.CONFIGURATION, file + " is there already; choose another name", e);
    } catch (ApprovalFile.NoApprovalException e) {
      throw new CommandFailure(ExitCode.USAGE, "this cannot be asked for: " + e.getMessage(), e);
    }
  }

  /**
   * Lets exactly this act pass, or throws. Its record names who approved it, or why nobody did.
   *
   * @return who approved it; null: nobody has to
   * @throws CommandFailure {@link ExitCode#NOT_APPROVED}, with all that is missing
   */
  public @Nullable String require(Subject subject, AuditedOperation operation) throws Exception {
    if (config == null) {
      return null;
    }
    String approvedBy;
    try {
      approvedBy = check(config, subject, operation);
    } catch (CommandFailure e) {
      operation.run(
          () -> {
            throw e;
          });
      throw e;
    }
    operation.option("approved_by", approvedBy);
    session.terminal().out().println("Approved by " + approvedBy + ".");
    return approvedBy;
  }

  private String check(ApprovalsConfig approvals, Subject subject, AuditedOperation operation)
      throws CommandFailure, IOException {
    if (approvalFiles.isEmpty()) {
      throw notApproved(
          "%d of the approvers %s must agree; add --request-approval <file> to this command, have"
                  .formatted(
                      approvals.required(), String.join(", ", approvals.approvers().keySet()))
              + " them run `cassandra-tde approve <file>`, and say --approval <file> then");
    }
    ApprovalRequest request = null;
    List<Approval> all = new ArrayList<>();
    for (Path path : approvalFiles) {
      ApprovalFile file = read(path);
      if (request != null && !request.equals(file.request())) {
        throw notApproved(path + " is a copy of another request than " + approvalFiles.get(0));
      }
      request = file.request();
      all.addAll(file.approvals());
    }
    ApprovalRequest one = java.util.Objects.requireNonNull(request);
    ApprovalCheck check = new ApprovalCheck(approvals, session.clock().instant());
    ApprovalCheck.Count count = check.count(one, all);
    operation
        .option("nonce", one.nonce())
        .option("requested_by", one.requester())
        .option("approvals_required", approvals.required());
    List<String> objections = check.objections(one, count, subject);
    if (!objections.isEmpty()) {
      throw notApproved(approvalFiles.get(0) + ": " + String.join("; ", objections));
    }
    count.notCounted().forEach(line -> session.terminal().warn("not counted: " + line));
    return count.names();
  }

  private static ApprovalFile read(Path path) throws CommandFailure, IOException {
    try {
      return ApprovalFile.read(path);
    } catch (NoSuchFileException | ApprovalFile.NoApprovalException e) {
      throw new CommandFailure(
          ExitCode.CONFIGURATION,
          e instanceof NoSuchFileException
              ? path + " does not exist"
              : String.valueOf(e.getMessage()),
          e);
    }
  }

  private static CommandFailure notApproved(String why) {
    return new CommandFailure(
        ExitCode.NOT_APPROVED, "not approved, and nothing was destroyed: " + why);
  }
}
