package io.cassandratde.sstable.cassandra.hierarchy;

import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.master.KeyBinding;
import io.cassandratde.keys.master.MasterKeys;
import io.cassandratde.keys.master.WrappedKey;
import java.util.function.Function;

/** Of a name that this node's configuration gives no place to. */
record NoMasterKeys(KeyException reason) implements MasterKeys {

  @Override
  public KeyReference current() {
    throw reason.again();
  }

  @Override
  public WrappedKey wrap(KeyReference by, byte[] material, KeyBinding binding) {
    throw reason.again();
  }

  @Override
  public <T> T unwrap(WrappedKey wrapped, KeyBinding binding, Function<byte[], T> use) {
    throw reason.again();
  }

  @Override
  public void close() {}
}
