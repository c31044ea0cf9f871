package io.cassandratde.keys.replicated;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.master.MasterKeys;
import io.cassandratde.keys.master.WrappedKey;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Cannot be asked, ever. */
final class NoKeyTable implements KeyTable {

  private static KeyUnavailableException none() {
    return KeyUnavailableException.nobodyAsked(
        "the table of data keys can be asked in a node that serves only");
  }

  @Override
  public void requireThere() {
    throw none();
  }

  @Override
  public List<DataKeyRow> line(KeyLine line) {
    throw none();
  }

  @Override
  public List<DataKeyRow> all() {
    throw none();
  }

  @Override
  public List<StoredKey> allWithWraps() {
    throw none();
  }

  @Override
  public StoredKey byId(UUID keyId) {
    throw none();
  }

  @Override
  public boolean add(DataKeyRow row) {
    throw none();
  }

  @Override
  public boolean change(DataKeyRow row, DataKeyRow to) {
    throw none();
  }

  @Override
  public void addWrap(DataKeyRow row, WrappedKey wrapped) {
    throw none();
  }

  @Override
  public boolean remove(DataKeyRow row, Instant now) {
    throw none();
  }

  @Override
  public void removeWraps(DataKeyRow row, Instant before) {
    throw none();
  }

  @Override
  public KeyReference activeMaster(String name, MasterKeys source) {
    throw none();
  }
}
