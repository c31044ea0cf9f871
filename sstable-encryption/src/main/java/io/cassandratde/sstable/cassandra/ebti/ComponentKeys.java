package io.cassandratde.sstable.cassandra.ebti;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.sstable.format.carrier.Carrier;
import io.cassandratde.sstable.format.carrier.CarrierFile;
import io.cassandratde.sstable.format.carrier.SSTableKeys;
import io.cassandratde.sstable.format.carrier.WrappedKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.Cleaner;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The data keys of one SSTable as its files need them: read from the carrier when the first file is
 * opened. Wiped when nothing refers to this object any more; open files keep their own subkeys.
 */
final class ComponentKeys {

  private static final Cleaner CLEANER = Cleaner.create();

  /**
   * Held while a carrier is read, extended and replaced: of two objects for one SSTable neither may
   * undo the other's data key.
   */
  private static final Object CHANGES = new Object();

  private final Path carrierFile;
  private @Nullable KeySpec spec;
  private @Nullable Carrier carrier;
  private @Nullable SSTableKeys keys;
  private boolean writing;

  /**
   * Of an SSTable that is there, or will be.
   *
   * @param spec the table's key spec; null when it is unprotected, or not known
   */
  ComponentKeys(Path carrierFile, @Nullable KeySpec spec) {
    this.carrierFile = carrierFile;
    this.spec = spec;
  }

  /**
   * Begins a new SSTable: makes its keys and writes its carrier, before any file that needs it.
   *
   * @param tableSpec the table's key spec; null when nothing protects it
   * @throws UncheckedIOException the carrier could not be written
   */
  synchronized void begin(@Nullable KeySpec tableSpec) {
    spec = tableSpec;
    try {
      if (tableSpec == null) {
        carrier = Carrier.plain(EbtiRuntime.get().salts());
      } else {
        hold(EbtiRuntime.get().create(tableSpec));
      }
      writing = true;
      CarrierFile.write(carrierFile, carrier());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** From now on a file that is written joins a finished SSTable (docs/RULES.md R12). */
  synchronized void finished() {
    writing = false;
  }

  private void hold(SSTableKeys made) {
    keys = made;
    carrier = made.carrier();
    CLEANER.register(this, made::close);
  }

  synchronized Carrier carrier() throws IOException {
    Carrier there = carrier;
    if (there == null) {
      there = CarrierFile.read(carrierFile);
      carrier = there;
    }
    return there;
  }

  /** The carrier as it is now; it may have more rows, and is never another SSTable's. */
  private Carrier readAgain() throws IOException {
    Carrier now = CarrierFile.read(carrierFile);
    if (!now.uid().equals(carrier().uid()) || now.rows().size() < carrier().rows().size()) {
      throw new IOException(
          carrierFile + " was replaced by another, or an older one, while the SSTable is open");
    }
    return now;
  }

  boolean isPlain() throws IOException {
    return carrier().isPlain();
  }

  /**
   * The unwrapped keys.
   *
   * @throws io.cassandratde.keys.KeyException a key cannot be had; unchecked, so that it is not
   *     taken for corruption
   */
  synchronized SSTableKeys keys() throws IOException {
    SSTableKeys there = keys;
    if (there == null) {
      there = EbtiRuntime.get().open(carrier(), spec);
      hold(there);
    }
    return there;
  }

  /** The keys with one that may seal a file that is written now, and its number. */
  synchronized Sealing sealing() throws IOException {
    SSTableKeys now = keys();
    KeySpec spec = this.spec;
    if (writing || spec == null) {
      return new Sealing(now, SSTableKeys.FIRST);
    }
    synchronized (CHANGES) {
      SSTableKeys onDisk = EbtiRuntime.get().open(readAgain(), spec);
      KeyReference current = EbtiRuntime.get().codec().currentKey(spec).reference();
      for (WrappedKey row : onDisk.carrier().rows()) {
        if (row.wrappedBy().equals(current)) {
          hold(onDisk);
          return new Sealing(onDisk, row.id());
        }
      }
      SSTableKeys more = EbtiRuntime.get().withAdded(onDisk, spec);
      CarrierFile.replace(carrierFile, more.carrier());
      hold(more);
      return new Sealing(more, more.highestId());
    }
  }

  /**
   * The keys for reading a file that may be younger than what is known of the carrier here.
   *
   * @param keyId the data key that the file names
   */
  synchronized SSTableKeys keysWith(int keyId) throws IOException {
    SSTableKeys now = keys();
    if (now.highestId() < keyId) {
      hold(EbtiRuntime.get().open(readAgain(), spec));
      now = keys();
    }
    return now;
  }

  /** Keys, and the number of the one that seals. */
  record Sealing(SSTableKeys keys, int keyId) {}
}
