package io.cassandratde.tools.rekey;

/** Where the key that is replaced comes from, and what its kind makes of a replacement. */
public interface KeySource {

  /**
   * The key of this id.
   *
   * @throws io.cassandratde.tools.CommandFailure there is none
   */
  ReplacedKey get(String keyId) throws Exception;

  /**
   * Sees to it that there is a key which takes the place of the old one, the same on every node
   * before any of them seals by it (docs/RULES.md R15); the run's state then has its id. Again, it
   * goes on where it was broken off.
   */
  void makeSuccessor(RekeyContext run, ReplacedKey old) throws Exception;

  /** Every node that can be asked seals with another key: ends that of this one for good. */
  void retire(RekeyContext run, ReplacedKey old) throws Exception;

  /** It was proved that nothing needs it. */
  default void unneeded(RekeyContext run, ReplacedKey old) throws Exception {}
}
