package io.cassandratde.tools.run;

import java.util.List;
import java.util.function.Consumer;

/**
 * A step of a run. Begins with what is so: done already, it finds nothing to do.
 *
 * @param <R> what the stages of a run share
 */
public interface Stage<R> {

  String name();

  /** For the operator. */
  String what();

  /** An exception ends the run. */
  void run(R run) throws Exception;

  /**
   * One after the other.
   *
   * @param entering told of the name of each before it begins
   */
  static <R> void inOrder(
      List<? extends Stage<R>> stages,
      R run,
      Patience patience,
      Display display,
      Consumer<String> entering)
      throws Exception {
    for (int i = 0; i < stages.size(); i++) {
      Stage<R> stage = stages.get(i);
      patience.check();
      display.stage(i + 1, stages.size(), stage.name(), stage.what());
      entering.accept(stage.name());
      stage.run(run);
    }
  }
}
