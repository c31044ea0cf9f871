package io.cassandratde.sstable.cassandra.ebti;

import com.google.common.collect.Interner;
import com.google.common.collect.Interners;
import io.cassandratde.sstable.format.carrier.Carrier;
import io.cassandratde.sstable.format.carrier.CarrierFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The carrier file of one SSTable, the one object of its path in this process. It is locked while
 * the carrier is read, changed and replaced: of two that know one SSTable neither may undo the
 * other's change. Nobody waits for a key meanwhile: an outage of one key must not hold up what
 * other keys seal.
 */
final class SharedCarrier {

  private static final Interner<SharedCarrier> ALL = Interners.newWeakInterner();

  private final Path file;
  private final AtomicInteger replaced = new AtomicInteger();

  private SharedCarrier(Path file) {
    this.file = file;
  }

  static SharedCarrier of(Path file) {
    return ALL.intern(new SharedCarrier(file));
  }

  Path file() {
    return file;
  }

  Carrier read() throws IOException {
    return CarrierFile.read(file);
  }

  /** Puts another in its place, and gives what stands there then. */
  synchronized Carrier replace(Carrier carrier) throws IOException {
    try {
      CarrierFile.replace(file, carrier);
    } finally {
      replaced.incrementAndGet();
    }
    return read();
  }

  /**
   * Another number than before: it was replaced, and who knows it by heart has to read it again. To
   * be asked before the file is read.
   */
  int edition() {
    return replaced.get();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SharedCarrier carrier && carrier.file.equals(file);
  }

  @Override
  public int hashCode() {
    return file.hashCode();
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
