package io.cassandratde.tools.shred;

import io.cassandratde.tools.Terminal;
import io.cassandratde.tools.approval.ApprovalGate;
import io.cassandratde.tools.audit.AuditLog;
import io.cassandratde.tools.run.Display;
import io.cassandratde.tools.run.Patience;
import io.cassandratde.tools.run.Stage;
import java.util.List;

/** One run: the stages one after the other. */
public final class Shred {

  private final ShredRun run;

  public Shred(
      ShredRequest request,
      ShredState state,
      Nodes nodes,
      Servers servers,
      Drop drop,
      ApprovalGate gate,
      Confirmation confirmation,
      AuditLog audit,
      Patience patience,
      Display display,
      Terminal terminal) {
    run =
        new ShredRun(
            request,
            state,
            nodes,
            servers,
            drop,
            new Consent(gate),
            confirmation,
            audit,
            patience,
            display,
            terminal);
  }

  /** Carries it out, or throws what ended it. */
  public void run() throws Exception {
    Stage.inOrder(
        stages(),
        run,
        run.patience(),
        run.display(),
        run.isPlanOnly() ? stage -> {} : run.state()::enter);
  }

  private List<Stage<ShredRun>> stages() {
    return run.isPlanOnly()
        ? List.of(new Survey())
        : List.of(
            new Survey(),
            new DropStage(),
            new RevokeStage(),
            new DrainStage(),
            new DestroyStage(),
            new ReportStage());
  }
}
