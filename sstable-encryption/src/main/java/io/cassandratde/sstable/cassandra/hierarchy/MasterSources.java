package io.cassandratde.sstable.cassandra.hierarchy;

import io.cassandratde.keys.master.MasterKeys;

/** This node's own master keys, by name. */
public interface MasterSources {

  /**
   * Where this node has the keys of a name.
   *
   * @throws io.cassandratde.keys.KeyException it has none, with the remedy
   */
  MasterKeys of(String name);

  /** In words: a key file, a KMIP group, a token. */
  String describe(String name);
}
