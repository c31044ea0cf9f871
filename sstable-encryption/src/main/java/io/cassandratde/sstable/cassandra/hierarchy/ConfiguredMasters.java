package io.cassandratde.sstable.cassandra.hierarchy;

import io.cassandratde.keys.master.MasterKeys;
import io.cassandratde.keys.runtime.TdeRuntime;

/** Those of the configuration that is in force. */
record ConfiguredMasters(TdeRuntime runtime) implements MasterSources {

  @Override
  public MasterKeys of(String name) {
    return runtime.masterKeys(name);
  }

  @Override
  public String describe(String name) {
    return runtime.masterKeys(name).source();
  }
}
