package io.cassandratde.tools.shred;

import io.cassandratde.kmip.KmipException;
import io.cassandratde.tools.approval.ApprovalGate;
import io.cassandratde.tools.approval.ClusterName;
import io.cassandratde.tools.approval.Subject;
import io.cassandratde.tools.approval.SubjectKey;
import io.cassandratde.tools.audit.AuditedOperation;
import io.cassandratde.tools.jmx.ClusterNodes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Several people's approval of exactly what goes, where the configuration asks for it. */
final class Consent {

  private final ApprovalGate gate;
  private @Nullable String approvedBy;

  Consent(ApprovalGate gate) {
    this.gate = gate;
  }

  /** Whether the shred is only asked for. */
  boolean isRequest() {
    return gate.isRequest();
  }

  /** Who approved it; null: nobody has to. */
  @Nullable String approvedBy() {
    return approvedBy;
  }

  /**
   * Returns when these keys may go, or, of a request, when it is written.
   *
   * @throws io.cassandratde.tools.CommandFailure they may not
   */
  void require(
      ShredRun run, ClusterNodes cluster, Collection<TenantKey> keys, Collection<String> tableIds)
      throws Exception {
    if (!gate.isOn()) {
      return;
    }
    List<SubjectKey> subjects = new ArrayList<>();
    for (TenantKey key : keys) {
      subjects.add(new SubjectKey(key.group(), key.keyId(), checkValue(run, key)));
    }
    String keyspace = run.request().keyspace();
    Subject subject = Subject.shred(ClusterName.of(cluster), keyspace, subjects, tableIds);
    AuditedOperation operation =
        run.audit()
            .operation(gate.isRequest() ? "request-approval" : "shred")
            .option("keyspace", keyspace)
            .option("keys", subjects.toString());
    if (gate.isRequest()) {
      gate.request(subject, operation);
    } else {
      approvedBy = gate.require(subject, operation);
      var unused = operation.run(() -> subject);
    }
  }

  /** The key servers' word; of a key that they give out no more, that of the files under it. */
  private static String checkValue(ShredRun run, TenantKey key) throws KmipException {
    String now = run.servers().administration(key.group()).checkValue(key.keyId());
    return now.isEmpty() ? key.checkValue() : now;
  }
}
