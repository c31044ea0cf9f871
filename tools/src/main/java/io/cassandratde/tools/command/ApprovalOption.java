package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.keys.config.ApprovalsConfig;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.approval.ApprovalGate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The consent of several people, for commands that destroy. */
public final class ApprovalOption {

  @Option(
      name = {"--request-approval"},
      title = "file",
      description =
          "Destroy nothing: write a request for approval of exactly this, which `cassandra-tde"
              + " approve` signs")
  private @Nullable String requestFile;

  @Option(
      name = {"--reason"},
      title = "text",
      description = "With --request-approval: for who approves it")
  private @Nullable String reason;

  @Option(
      name = {"--approval"},
      title = "file",
      description =
          "The request with the signatures of its approvers; may be repeated for copies that were"
              + " signed apart. Required where the configuration has a section approvals")
  private List<String> approvals = new ArrayList<>();

  /** Contradictions between the options end here. */
  ApprovalGate gate(TdeConfig config, Session session) throws CommandFailure {
    return gate(config.approvals(), session);
  }

  /**
   * The same without the rest of the configuration.
   *
   * @param config null: nobody has to approve
   */
  ApprovalGate gate(@Nullable ApprovalsConfig config, Session session) throws CommandFailure {
    return new ApprovalGate(
        config,
        session,
        requestFile == null ? null : Path.of(requestFile),
        reason,
        approvals.stream().map(Path::of).toList());
  }
}
