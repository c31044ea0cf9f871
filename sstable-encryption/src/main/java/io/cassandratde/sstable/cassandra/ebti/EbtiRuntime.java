package io.cassandratde.sstable.cassandra.ebti;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.cache.Fences;
import io.cassandratde.keys.config.IndexMemory;
import io.cassandratde.sstable.cassandra.CodecRuntime;
import io.cassandratde.sstable.format.Gcm;
import io.cassandratde.sstable.format.KeyFinder;
import io.cassandratde.sstable.format.Salts;
import io.cassandratde.sstable.format.carrier.Carrier;
import io.cassandratde.sstable.format.carrier.CorruptCarrierException;
import io.cassandratde.sstable.format.carrier.SSTableKeys;
import io.cassandratde.sstable.format.carrier.SSTableUid;
import io.cassandratde.sstable.format.carrier.StatisticsPart;
import io.cassandratde.sstable.format.page.PageCache;
import io.cassandratde.sstable.format.page.PageCrypto;
import io.cassandratde.sstable.format.page.PageFiles;
import java.security.Provider;
import java.util.function.Predicate;
import org.apache.cassandra.config.DatabaseDescriptor;
import org.jspecify.annotations.Nullable;

/** What all encrypted SSTables of a process share. */
final class EbtiRuntime {

  /** Where a key comes from is told by the reference that names it; this fills the rest. */
  private static final KeySpec NO_HINT = KeySpec.kmip("(any)", null, CipherSpec.AES_256);

  private static volatile @Nullable EbtiRuntime instance;

  private final CodecRuntime codec;
  private final Provider provider;
  private final Hkdf hkdf;
  private final Salts salts = Salts.ofOperatingSystem();
  private final ThreadLocal<Gcm> ciphers;
  private final PageFiles pages;

  private EbtiRuntime(CodecRuntime codec) {
    this.codec = codec;
    this.provider = codec.runtime().cryptoProvider();
    this.hkdf = codec.runtime().hkdf();
    this.ciphers = ThreadLocal.withInitial(() -> new Gcm(provider));
    IndexMemory memory = codec.runtime().config().indexMemory();
    PageCache cache = cache(memory.cacheBytes());
    MappedMemory mapped = new MappedMemory(memory.mappedBytes());
    this.pages = new PageFiles(new PageCrypto(salts, provider, cache), mapped);
    codec.onSweep(PlaintextGuard::look);
    if (DatabaseDescriptor.isDaemonInitialized()) {
      IndexGauges.register(cache, mapped);
    }
  }

  private static PageCache cache(long bytes) {
    try {
      return new PageCache(bytes);
    } catch (OutOfMemoryError e) {
      throw new IllegalStateException(
          "index_cache_size ("
              + bytes
              + " bytes) does not fit into the memory that Java may take outside the heap: lower it"
              + " in tde.yaml, or raise -XX:MaxDirectMemorySize",
          e);
    }
  }

  /**
   * The process's.
   *
   * @throws io.cassandratde.keys.KeyConfigException when the configuration is absent or wrong
   */
  static EbtiRuntime get() {
    CodecRuntime now = CodecRuntime.get();
    EbtiRuntime there = instance;
    return there != null && there.codec == now ? there : open(now);
  }

  private static synchronized EbtiRuntime open(CodecRuntime codec) {
    EbtiRuntime there = instance;
    if (there == null || there.codec != codec) {
      there = new EbtiRuntime(codec);
      // Before anybody seals: a flush of system.paxos meanwhile would write its state in clear.
      PaxosFiles.protect(codec.runtime().config().policy());
      instance = there;
    }
    return there;
  }

  CodecRuntime codec() {
    return codec;
  }

  PageFiles pages() {
    return pages;
  }

  Provider provider() {
    return provider;
  }

  Salts salts() {
    return salts;
  }

  ThreadLocal<Gcm> ciphers() {
    return ciphers;
  }

  /** Keys of a new SSTable, wrapped by the current key of this spec. Waits for one. */
  SSTableKeys create(KeySpec spec) {
    return codec.sealing(
        spec, () -> SSTableKeys.create(() -> codec.currentKey(spec), salts, hkdf, provider));
  }

  /** These keys and one for files that join now, wrapped by this key, which the caller leased. */
  SSTableKeys withAdded(SSTableKeys keys, DataKey current) {
    return keys.withAdded(() -> current, salts, hkdf, provider);
  }

  /**
   * The keys of an SSTable, none of which is asked for yet.
   *
   * @param hint the table's key spec, if it is known
   */
  SSTableKeys open(Carrier carrier, @Nullable KeySpec hint) {
    return open(carrier, hint, fences());
  }

  /**
   * As {@link #open(Carrier, KeySpec)}, of an SSTable that is used since there were these fences.
   */
  SSTableKeys open(Carrier carrier, @Nullable KeySpec hint, long fences) {
    return SSTableKeys.open(carrier, finder(hint, fences), hkdf, provider);
  }

  /** How many keys were fenced so far (docs/RULES.md R25). */
  long fences() {
    return codec.runtime().keys().fences().count();
  }

  /** Which keys are fenced; null: none is. */
  @Nullable Predicate<KeyReference> fenced() {
    Fences all = codec.runtime().keys().fences();
    return all.all().isEmpty() ? null : all::isFenced;
  }

  /** Seals a part of Statistics.db under the current key of this spec. */
  byte[] sealPart(SSTableUid uid, String name, KeySpec spec, byte[] plain) {
    KeySpec here = codec.runtime().config().withGroupNow(spec);
    return codec.sealing(
        here,
        () ->
            StatisticsPart.seal(
                uid, name, here, plain, () -> codec.currentKey(here), salts, hkdf, provider));
  }

  /** As {@link #sealPart}, under this key, which the caller leased. */
  byte[] sealPart(SSTableUid uid, String name, KeySpec spec, byte[] plain, DataKey current) {
    KeySpec here = codec.runtime().config().withGroupNow(spec);
    return StatisticsPart.seal(uid, name, here, plain, () -> current, salts, hkdf, provider);
  }

  /**
   * Opens a part of Statistics.db.
   *
   * @param hint the table's key spec, if it is known
   * @throws KeyException a key cannot be had
   */
  StatisticsPart.Opened openPart(StatisticsPart part, String name, @Nullable KeySpec hint)
      throws CorruptCarrierException {
    return openPart(part, name, hint, fences());
  }

  /** As above, of an SSTable that is used since there were these fences. */
  StatisticsPart.Opened openPart(
      StatisticsPart part, String name, @Nullable KeySpec hint, long fences)
      throws CorruptCarrierException {
    return part.open(name, finder(hint, fences), hkdf, provider);
  }

  private KeyFinder finder(@Nullable KeySpec hint, long fences) {
    return codec.keyFinder(hint == null ? NO_HINT : hint, fences);
  }
}
