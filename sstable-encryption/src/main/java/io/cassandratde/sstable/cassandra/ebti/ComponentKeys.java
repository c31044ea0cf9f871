package io.cassandratde.sstable.cassandra.ebti;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.sstable.cassandra.CodecRuntime;
import io.cassandratde.sstable.format.carrier.Carrier;
import io.cassandratde.sstable.format.carrier.CarrierFile;
import io.cassandratde.sstable.format.carrier.SSTableKeys;
import io.cassandratde.sstable.format.carrier.SSTableUid;
import io.cassandratde.sstable.format.carrier.WrappedKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.cassandra.io.FSWriteError;
import org.jspecify.annotations.Nullable;

/**
 * The data keys of one SSTable as its files need them. Of a finished SSTable the carrier alone is
 * kept, and a data key is in clear only while a file is opened; while an SSTable is written its
 * data key stays, until the writer is done with it ({@link #finished}).
 */
final class ComponentKeys {

  private static final long UNUSED = -1;

  private final SharedCarrier carrierFile;

  private final Supplier<@Nullable KeySpec> table;

  /** Of the SSTable that is being written; an ALTER meanwhile changes nothing. */
  private @Nullable KeySpec begun;

  private @Nullable SSTableKeys keys;

  /** The edition of the carrier that {@link #keys} are of. */
  private int edition;

  private boolean writing;

  /** How many fences there were when it was begun or first read; later ones do not end its use. */
  private long fences = UNUSED;

  /**
   * Of an SSTable that is there, or will be.
   *
   * @param table the table's key spec now; null when it is unprotected, or not known
   */
  ComponentKeys(Path carrierFile, Supplier<@Nullable KeySpec> table) {
    this.carrierFile = SharedCarrier.of(carrierFile);
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
    fences = runtime.fences();
    keys = made;
    writing = true;
    try {
      CarrierFile.write(carrierFile.file(), made.carrier());
    } catch (IOException e) {
      throw new FSWriteError(e, carrierFile.file());
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
    try {
      var unused =
          withCurrent(
              spec,
              current -> {
                synchronized (carrierFile) {
                  return now.rewrap(current, runtime.salts(), carrierFile::replace);
                }
              });
    } catch (IOException e) {
      throw new FSWriteError(e, carrierFile.file());
    }
  }

  /**
   * Replaces keys that wrap data keys of a finished SSTable: first in its Statistics.db, whose
   * parts are sealed anew, then in the carrier. Each is replaced in one step and opens whatever
   * became of the other, so that a crash leaves an SSTable of the same content; what is left then
   * is done by the next call (docs/RULES.md R13). Files of snapshots stay as they are. Call under
   * the lock by which Cassandra changes Statistics.db.
   *
   * @param old which keys are to be needed no more
   * @param current leased by the caller
   * @param spec whose current key it is
   * @return whether there was anything to do
   * @throws IOException a file is damaged, or was not read back as it was written
   * @throws io.cassandratde.keys.KeyException an old key cannot be had
   */
  synchronized boolean replaceKeys(Predicate<KeyReference> old, DataKey current, KeySpec spec)
      throws IOException {
    if (writing || isPlain()) {
      return false;
    }
    synchronized (carrierFile) {
      boolean sealed = BoundStatistics.replaceKeys(carrierFile.file(), this, old, current, spec);
      boolean wrapped =
          readAgain().rewrap(old, current, EbtiRuntime.get().salts(), carrierFile::replace);
      return sealed || wrapped;
    }
  }

  /**
   * Wraps anew what a key wraps that was fenced while files of this SSTable were written under it.
   * Whoever fenced it may have read the disk before they were there, and fences come first: so one
   * of the two sees the other (docs/RULES.md R25). Costs a look while there is no fence.
   *
   * @throws IOException a file is damaged, or was not read back as it was written
   * @throws io.cassandratde.keys.KeyException no key is current
   */
  void leaveFenced() throws IOException {
    EbtiRuntime runtime = EbtiRuntime.get();
    Predicate<KeyReference> fenced = runtime.fenced();
    if (fenced == null || isPlain()) {
      return;
    }
    KeySpec spec = runtime.codec().runtime().config().withGroupNow(sealingSpec());
    var unused = withCurrent(spec, current -> leave(fenced, current, spec));
  }

  /** What is done with the current key, for which threads that seal wait. */
  private interface Use<T> {
    T with(DataKey current) throws IOException;
  }

  private static <T> T withCurrent(KeySpec spec, Use<T> use) throws IOException {
    CodecRuntime codec = EbtiRuntime.get().codec();
    return codec.sealing(
        spec,
        () -> {
          try (DataKey.Lease current = codec.currentKeyLease(spec)) {
            return use.with(current.key());
          }
        });
  }

  private synchronized boolean leave(Predicate<KeyReference> fenced, DataKey current, KeySpec spec)
      throws IOException {
    synchronized (carrierFile) {
      boolean sealed = BoundStatistics.replaceKeys(carrierFile.file(), this, fenced, current, spec);
      SSTableKeys now = writing ? keys() : readAgain();
      return now.rewrap(fenced, current, EbtiRuntime.get().salts(), carrierFile::replace) || sealed;
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
      keys = EbtiRuntime.get().open(now.carrier(), begun, fences());
      keys.takeOver(now);
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
    return there == null || (!writing && edition != carrierFile.edition()) ? readAgain() : there;
  }

  /** The keys as the carrier is now, which is never another SSTable's and has no row less. */
  private synchronized SSTableKeys readAgain() throws IOException {
    SSTableKeys before = keys;
    int now = carrierFile.edition();
    Carrier carrier = carrierFile.read();
    if (before == null || !Arrays.equals(carrier.encode(), before.carrier().encode())) {
      requireSuccessor(before, carrier);
      keys = EbtiRuntime.get().open(carrier, spec(), fences());
      if (before != null) {
        keys.takeOver(before);
      }
    }
    edition = now;
    return Objects.requireNonNull(keys);
  }

  /** See {@link #fences}. */
  synchronized long fences() {
    if (fences == UNUSED) {
      fences = EbtiRuntime.get().fences();
    }
    return fences;
  }

  private void requireSuccessor(@Nullable SSTableKeys before, Carrier now) throws IOException {
    if (before != null
        && (!now.uid().equals(before.uid())
            || now.rows().size() < before.carrier().rows().size())) {
      throw new IOException(
          carrierFile + " was replaced by another, or an older one, while the SSTable is open");
    }
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
    Sealing sealing = withCurrent(sealingSpec(), this::sealingUnder);
    Predicate<KeyReference> fenced = EbtiRuntime.get().fenced();
    WrappedKey row = sealing.keys().carrier().row(sealing.keyId());
    if (fenced != null && row != null && fenced.test(row.wrappedBy())) {
      leaveFenced();
    }
    return sealing;
  }

  /** Whose current key seals what joins the SSTable: the table's, else that of its statistics. */
  KeySpec sealingSpec() throws IOException {
    KeySpec spec = spec();
    return spec == null ? BoundStatistics.specOf(carrierFile.file()) : spec;
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
        var unused = carrierFile.replace(more.carrier());
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
