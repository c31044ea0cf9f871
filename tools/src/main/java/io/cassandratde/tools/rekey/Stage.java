package io.cassandratde.tools.rekey;

/** A step of a run. Begins with what is so: done already, it finds nothing to do. */
interface Stage {

  String name();

  /** For the operator. */
  String what();

  /** Leaves what it could not do to {@link Troubles}; ends the run only by an exception. */
  void run(RekeyContext run) throws Exception;
}
