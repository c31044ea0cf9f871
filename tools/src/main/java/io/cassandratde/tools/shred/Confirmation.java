package io.cassandratde.tools.shred;

import io.cassandratde.tools.CommandFailure;

/** A person says yes, knowing what goes. */
public interface Confirmation {

  /**
   * Returns when everything is said that must be.
   *
   * @throws CommandFailure it is not
   */
  void require(TenantPlan plan) throws CommandFailure;

  /** The classes of places, of which it was said that nothing there needs the keys. */
  String attested();
}
