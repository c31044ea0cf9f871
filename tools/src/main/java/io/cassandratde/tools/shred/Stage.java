package io.cassandratde.tools.shred;

/** A step of a run. Begins with what is so: done already, it finds nothing to do. */
interface Stage {

  String name();

  /** For the operator. */
  String what();

  void run(ShredRun run) throws Exception;
}
