package io.cassandratde.tools.shred;

import io.cassandratde.tools.Terminal;
import io.cassandratde.tools.approval.ApprovalGate;
import io.cassandratde.tools.audit.AuditLog;
import io.cassandratde.tools.rekey.Display;
import io.cassandratde.tools.rekey.Patience;
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
    List<Stage> stages = stages();
    for (int i = 0; i < stages.size(); i++) {
      Stage stage = stages.get(i);
      run.display().stage(i + 1, stages.size(), stage.name(), stage.what());
      if (!run.isPlanOnly()) {
        run.state().enter(stage.name());
      }
      stage.run(run);
    }
  }

  private List<Stage> stages() {
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
