package io.cassandratde.tools.shred;

import io.cassandratde.tools.Terminal;
import io.cassandratde.tools.audit.AuditLog;
import io.cassandratde.tools.run.Display;
import io.cassandratde.tools.run.Patience;

/** What the stages of a run share. */
record ShredRun(
    ShredRequest request,
    ShredState state,
    Nodes nodes,
    Servers servers,
    Drop drop,
    Consent consent,
    Confirmation confirmation,
    AuditLog audit,
    Patience patience,
    Display display,
    Terminal terminal) {

  /** Whether it ends with the plan. */
  boolean isPlanOnly() {
    return request.dryRun() || consent.isRequest();
  }
}
