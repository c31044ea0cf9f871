package io.cassandratde.sstable.cassandra;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.GroupTag;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyProvider;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.keys.cache.KeyCache;
import io.cassandratde.keys.cache.Timer;
import io.cassandratde.keys.config.LegacyCiphers;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.runtime.TdeRuntime;
import io.cassandratde.sstable.format.SoftKeeper;
import io.cassandratde.sstable.format.TestKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Provider;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A runtime over keys in memory: the group "kmip_group" exists, keys are made per spec and rotate
 * on demand.
 */
public final class TestRuntime implements KeyProvider, AutoCloseable {

  public static final String GROUP = "kmip_group";
  public static final Map<String, String> OPTIONS =
      Map.of(
          "cipher_algorithm", "AES/GCM/NoPadding",
          "secret_key_strength", "256",
          "key_provider", "KmipKeyProviderFactory",
          "kmip_host", GROUP);

  /** As {@link #OPTIONS} say. */
  public static final KeySpec SPEC = KeySpec.kmip(GROUP, null, CipherSpec.AES_256);

  private final Map<KeySpec, String> current = new ConcurrentHashMap<>();
  private final Map<String, Integer> bits = new ConcurrentHashMap<>();
  public volatile boolean down;

  /** Keys that a token holds. */
  private final Set<String> held = ConcurrentHashMap.newKeySet();

  private volatile boolean holds;

  /** How often a key worked that a token holds. */
  final AtomicInteger uses = new AtomicInteger();

  private volatile byte @Nullable [] only;

  /** What the look at a key file finds. */
  volatile @Nullable KeyException keyFileProblem;

  /** So many requests fail yet. */
  final AtomicInteger outages = new AtomicInteger();

  /** How often a current key was asked for, which may make one. */
  final AtomicInteger elections = new AtomicInteger();

  private final KeyCache cache;
  private final TdeRuntime runtime;

  public TestRuntime(Provider crypto) {
    this(crypto, "3s", null);
  }

  /**
   * @param startupKeyWait how long readers at start wait for a key
   * @param timer of the key cache; null: real time
   */
  private TestRuntime(Provider crypto, String startupKeyWait, @Nullable Timer timer) {
    KeyCache.Builder builder = KeyCache.builder(this);
    cache = (timer == null ? builder : builder.timer(timer)).build();
    runtime = new TdeRuntime(config(LegacyCiphers.UPGRADE, startupKeyWait, ""), cache, crypto);
    TdeRuntime.install(runtime);
  }

  /** Looks at the server when it is asked to, and never by itself. */
  static TestRuntime withoutTimer(Provider crypto) {
    return new TestRuntime(crypto, "3s", new StoppedTimer());
  }

  private static final class StoppedTimer implements Timer {
    @Override
    public Scheduled schedule(Duration delay, Runnable task) {
      return () -> {};
    }

    @Override
    public void close() {}
  }

  private static TdeConfig config(LegacyCiphers policy, String startupKeyWait, String more) {
    try {
      Path file = Files.createTempFile("tde", ".yaml");
      try {
        Files.writeString(
            file,
            "startup_key_wait: "
                + startupKeyWait
                + "\nlegacy_ciphers: "
                + policy.name().toLowerCase(Locale.ROOT)
                + "\n"
                + more);
        return TdeConfig.load(file);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A compressor as of a table that was seen to be safe: how that is seen is GuardTest's matter.
   */
  public static EncryptingCompressor permitted(
      Function<Map<String, String>, EncryptingCompressor> factory) {
    EncryptingCompressor compressor = factory.apply(OPTIONS);
    compressor.permit().grant();
    return compressor;
  }

  /** The same keys under another policy, as after a restart with a changed file. */
  void reinstall(LegacyCiphers policy) {
    install(config(policy, "3s", ""));
  }

  /** The same keys under a policy that covers every table. */
  void protectEverything() {
    install(
        config(
            LegacyCiphers.UPGRADE,
            "3s",
            "encrypt: all\ndefault_key: {secret_key_file: not-asked-for}\n"));
  }

  private void install(TdeConfig config) {
    TdeRuntime.install(new TdeRuntime(config, cache, runtime.cryptoProvider()));
  }

  /** Cold caches before the same key server. */
  TestRuntime sameKeysInAnotherProcess() {
    return sameKeysInAnotherProcess("3s");
  }

  TestRuntime sameKeysInAnotherProcess(String startupKeyWait) {
    TestRuntime other = new TestRuntime(runtime.cryptoProvider(), startupKeyWait, null);
    other.bits.putAll(bits);
    other.held.addAll(held);
    return other;
  }

  /** Over the same keys, whatever was installed meanwhile. */
  TdeRuntime installed() {
    return runtime;
  }

  public KeyCache cache() {
    return cache;
  }

  /** From now on another key seals for every spec. */
  public void rotate() {
    current.clear();
    cache.refreshNow().join();
  }

  /** As {@link #rotate}, to a key that a token holds, or to one that is given out. */
  void rotateTo(boolean held) {
    holds = held;
    rotate();
  }

  /** Keys are gone from the server, as after a destroy, or as on another server. */
  public void forgetKeys() {
    bits.clear();
  }

  /** The server says that this one seals for every spec. */
  void makeCurrent(String keyId) {
    current.replaceAll((spec, id) -> keyId);
  }

  /** One is gone from the server, and from memory. */
  void forgetKey(KeyReference key) {
    bits.remove(key.keyId());
    cache.evict(key);
  }

  /** From now on this is the key of every id in every group. */
  void answerWith(byte[] material) {
    only = material;
  }

  @Override
  public void check(KeySpec spec) {
    if (!spec.group().equals(GROUP)) {
      throw new KeyConfigException("kmip_hosts has no group " + spec.group());
    }
  }

  @Override
  public void checkKeyFile(KeySpec spec) {
    KeyException problem = keyFileProblem;
    if (problem != null) {
      throw problem;
    }
  }

  @Override
  public SealingKey current(KeySpec spec, @Nullable KeyReference last) {
    elections.incrementAndGet();
    requireUp();
    String id =
        current.computeIfAbsent(
            spec,
            s -> {
              String fresh = UUID.randomUUID().toString();
              bits.put(fresh, s.cipher().bits());
              if (holds) {
                held.add(fresh);
              }
              return fresh;
            });
    return new SealingKey(key(id, spec.groupTag()), null, "test");
  }

  @Override
  public DataKey byId(KeySpec hint, KeyReference reference) {
    requireUp();
    byte[] answer = only;
    if (answer != null) {
      return DataKey.of(reference.groupTag(), reference.keyId(), answer.clone(), TestKeys.HKDF);
    }
    if (reference.groupTag() != GroupTag.of(ProviderKind.KMIP, GROUP)) {
      throw new KeyConfigException("no group of kmip_hosts has the tag of " + reference);
    }
    if (!bits.containsKey(reference.keyId())) {
      throw new KeyNotFoundException(reference + " is not on the server");
    }
    return key(reference.keyId(), reference.groupTag());
  }

  @Override
  public List<HostStatus> hosts() {
    return List.of(
        new HostStatus(
            GROUP, "kmip1.example.com:5696", down ? 1 : 0, down ? "refused" : null, null, null));
  }

  private DataKey key(String id, int groupTag) {
    if (held.contains(id)) {
      SoftKeeper keeper =
          new SoftKeeper(
              material(id),
              () -> {
                uses.incrementAndGet();
                requireUp();
              });
      return keeper.key(new KeyReference(groupTag, id, id.hashCode()));
    }
    return DataKey.of(groupTag, id, material(id), TestKeys.HKDF);
  }

  private byte[] material(String id) {
    Integer strength = bits.get(id);
    byte[] material = new byte[(strength == null ? 256 : strength) / 8];
    new java.util.Random(id.hashCode()).nextBytes(material);
    return material;
  }

  /** Every key as the server has it: {@code id=hexadecimal}. */
  List<String> export() {
    return bits.keySet().stream()
        .map(id -> id + "=" + HexFormat.of().formatHex(material(id)))
        .toList();
  }

  private void requireUp() {
    if (down || outages.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new KeyUnavailableException("kmip1.example.com:5696: connection refused");
    }
  }

  @Override
  public void close() {
    TdeRuntime.install(null);
    if (cache != null) {
      closeCache();
    }
  }

  private boolean closing;

  /** The cache closes its provider, which is this. */
  private void closeCache() {
    if (!closing) {
      closing = true;
      cache.close();
    }
  }
}
