package io.cassandratde.sstable.cassandra.ebti;

import com.google.common.collect.Interner;
import com.google.common.collect.Interners;
import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.sstable.format.carrier.Carrier;
import io.cassandratde.sstable.format.carrier.CarrierFile;
import io.cassandratde.sstable.format.carrier.SSTableKeys;
import io.cassandratde.sstable.format.carrier.SSTableUid;
import io.cassandratde.sstable.format.carrier.WrappedKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Supplier;
import org.apache.cassandra.io.FSWriteError;
import org.jspecify.annotations.Nullable;

/**
 * The data keys of one SSTable as its files need them. Of a finished SSTable the carrier alone is
 * kept, and a data key is in clear only while a file is opened; while an SSTable is written its
 * data key stays, until the writer is done with it ({@link #finished}).
 */
final class ComponentKeys {

  private static final Interner<Path> FILES = Interners.newWeakInterner();

  /**
   * The one object of this path, which is locked while the carrier is read, extended and replaced:
   * of two objects for one SSTable neither may undo the other's data key. Nobody waits for a key
   * meanwhile: an outage of one key must not hold up what other keys seal.
   */
  private final Path carrierFile;

  private final Supplier<@Nullable KeySpec> table;

  /** Of the SSTable that is being written; an ALTER meanwhile changes nothing. */
  private @Nullable KeySpec begun;

  private @Nullable SSTableKeys keys;
  private boolean writing;

  /**
   * Of an SSTable that is there, or will be.
   *
   * @param table the table's key spec now; null when it is unprotected, or not known
   */
  ComponentKeys(Path carrierFile, Supplier<@Nullable KeySpec> table) {
    this.carrierFile = FILES.intern(carrierFile);
    this.table = table;
  }

  /**
   * Begins a new SSTable: makes its keys and writes its carrier, before any file that needs it.
   *
   * @param spec whose current key protects it; null: nothing does
   * @throws FSWriteError the carrier could not be written
   */
  synchronized void begin(@Nullable KeySpec spec) {
    EbtiRuntime runtime = EbtiRuntime.get();
    SSTableKeys made =
        spec == null ? runtime.open(Carrier.plain(runtime.salts()), null) : runtime.create(spec);
    begun = spec;
    keys = made;
    writing = true;
    try {
      CarrierFile.write(carrierFile, made.carrier());
    } catch (IOException e) {
      throw new FSWriteError(e, carrierFile);
    }
  }

  /**
   * The SSTable is about to become live: if its key may not seal any more, or is not the current
   * one, the current key wraps its data key (docs/RULES.md R16, R19). What is sealed stays as it
   * is; the data key never left this process but wrapped.
   *
   * @throws FSWriteError the carrier could not be replaced
   */
  void rewrap() {
    KeySpec spec;
    SSTableKeys now;
    synchronized (this) {
      spec = begun;
      now = keys;
      if (!writing || spec == null || now == null) {
        return;
      }
    }
    EbtiRuntime runtime = EbtiRuntime.get();
    try (DataKey.Lease current = runtime.codec().currentKeyLease(spec)) {
      synchronized (carrierFile) {
        var unused =
            now.rewrap(
                current.key(),
                runtime.salts(),
                carrier -> {
                  CarrierFile.replace(carrierFile, carrier);
                  return CarrierFile.read(carrierFile);
                });
      }
    } catch (IOException e) {
      throw new FSWriteError(e, carrierFile);
    }
  }

  /**
   * The writer is done: its keys are wiped, and from now on a file that is written joins a finished
   * SSTable (docs/RULES.md R12).
   */
  synchronized void finished() {
    SSTableKeys now = keys;
    if (writing && now != null) {
      writing = false;
      keys = EbtiRuntime.get().open(now.carrier(), begun);
      now.close();
    }
  }

  synchronized Carrier carrier() throws IOException {
    return keys().carrier();
  }

  SSTableUid uid() throws IOException {
    return carrier().uid();
  }

  boolean isPlain() throws IOException {
    return carrier().isPlain();
  }

  /** What its files are sealed for from now on; null: nothing tells. */
  synchronized @Nullable KeySpec spec() {
    KeySpec spec = begun;
    return writing && spec != null ? spec : table.get();
  }

  private synchronized SSTableKeys keys() throws IOException {
    SSTableKeys there = keys;
    if (there == null) {
      there = EbtiRuntime.get().open(CarrierFile.read(carrierFile), spec());
      keys = there;
    }
    return there;
  }

  /** The keys as the carrier is now; it may have more rows, and is never another SSTable's. */
  private SSTableKeys readAgain() throws IOException {
    SSTableKeys before = keys();
    Carrier now = CarrierFile.read(carrierFile);
    if (Arrays.equals(now.encode(), before.carrier().encode())) {
      return before;
    }
    if (!now.uid().equals(before.uid()) || now.rows().size() < before.carrier().rows().size()) {
      throw new IOException(
          carrierFile + " was replaced by another, or an older one, while the SSTable is open");
    }
    SSTableKeys again = EbtiRuntime.get().open(now, spec());
    keys = again;
    return again;
  }

  /**
   * The keys with one that may seal a file that is written now, and its number.
   *
   * @throws io.cassandratde.keys.KeyException a key cannot be had; unchecked, so that it is not
   *     taken for corruption
   */
  Sealing sealing() throws IOException {
    synchronized (this) {
      if (writing) {
        return new Sealing(keys(), SSTableKeys.FIRST);
      }
    }
    KeySpec spec = spec();
    KeySpec known = spec == null ? BoundStatistics.specOf(carrierFile) : spec;
    try (DataKey.Lease current = EbtiRuntime.get().codec().currentKeyLease(known)) {
      return sealingUnder(current.key());
    }
  }

  private synchronized Sealing sealingUnder(DataKey current) throws IOException {
    synchronized (carrierFile) {
      SSTableKeys now = readAgain();
      for (WrappedKey row : now.carrier().rows()) {
        if (row.wrappedBy().equals(current.reference())) {
          return new Sealing(now, row.id());
        }
      }
      try (SSTableKeys more = EbtiRuntime.get().withAdded(now, current)) {
        CarrierFile.replace(carrierFile, more.carrier());
      }
      SSTableKeys again = readAgain();
      return new Sealing(again, again.highestId());
    }
  }

  /**
   * The keys for reading a file that may be younger than what is known of the carrier here.
   *
   * @param keyId the data key that the file names
   */
  synchronized SSTableKeys keysWith(int keyId) throws IOException {
    SSTableKeys now = keys();
    return now.carrier().row(keyId) == null && !writing ? readAgain() : now;
  }

  /** Keys, and the number of the one that seals. */
  record Sealing(SSTableKeys keys, int keyId) {}
}
