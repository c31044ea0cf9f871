package io.cassandratde.keys.cache;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyProvider;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUnavailableException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * All keys of a process.
 *
 * <p>Design: threads that read or write data never meet the network once a key is known. Sealing is
 * one volatile read of {@link CurrentKey}, kept fresh by {@link KeyRefresh} on a timer; opening is
 * one map read, with one fetch per key on first use ({@link OpeningKeys}). Opening keys stay until
 * evicted or closed; {@code key_cache_max_stale} concerns current keys only.
 */
public final class KeyCache implements AutoCloseable {

  private record Tracked(CurrentKey current, KeyRefresh refresh) {}

  private final ConcurrentHashMap<KeySpec, Tracked> tracked = new ConcurrentHashMap<>();
  private final List<Consumer<KeyReference>> evictionListeners = new CopyOnWriteArrayList<>();
  private final Fences fences;
  private final KeyProvider provider;
  private final Function<KeySpec, CacheSettings> settings;
  private final Clocks clocks;
  private final Timer timer;
  private final Workers workers;
  private final RandomGenerator random;
  private final KeyEvents events;
  private final OpeningKeys opening;
  private final @Nullable Upkeep upkeep;
  private volatile boolean closed;

  private KeyCache(Builder builder) {
    fences = new Fences(builder.clock, this::sealing);
    provider = new FencedProvider(builder.provider, fences);
    settings = builder.settings;
    clocks = new Clocks(builder.clock, builder.nanoTime);
    timer = builder.timer != null ? builder.timer : new ThreadTimer();
    workers = Workers.of(builder.workers);
    random = builder.random;
    events = builder.events;
    CacheSettings limits = builder.openingSettings;
    Backoff pauses = new Backoff(limits.backoffMin(), limits.backoffMax(), random);
    upkeep = builder.upkeep == null ? null : upkeep(builder.upkeep, pauses);
    opening =
        new OpeningKeys(
            provider::byId,
            pauses,
            builder.nanoTime,
            workers.fetchers(),
            reference -> evictionListeners.forEach(listener -> listener.accept(reference)));
  }

  /** The keys that seal now, by their specs. */
  public Map<KeySpec, KeyReference> sealing() {
    Map<KeySpec, KeyReference> sealing = new HashMap<>();
    tracked.forEach(
        (spec, each) -> {
          DataKey key = each.current().peek();
          if (key != null) {
            sealing.put(spec, key.reference());
          }
        });
    return sealing;
  }

  private Upkeep upkeep(Duration longest, Backoff backoff) {
    Upkeep started = new Upkeep(provider::upkeep, backoff, timer, workers.refreshers());
    started.every(longest);
    return started;
  }

  public static Builder builder(KeyProvider provider) {
    return new Builder(provider);
  }

  /**
   * Fetches the current key in the background, ahead of its first use. Wrong specs throw
   * KeyConfigException.
   */
  public void track(KeySpec spec) {
    tracked(spec).refresh().start();
  }

  /**
   * The holder that sealing code keeps and asks for every chunk. Nothing goes to a server before a
   * key is asked for: validating table options or reading must not make keys. Wrong specs throw
   * KeyConfigException.
   */
  public CurrentKey current(KeySpec spec) {
    return tracked(spec).current();
  }

  /**
   * Ends the refresh of a spec that nothing is sealed for any more; its keys still open. Asked for
   * a key again, {@link CurrentKey} begins anew, so that a mistake costs one look.
   */
  public void rest(KeySpec spec) {
    Tracked known = tracked.get(spec);
    if (known != null) {
      known.refresh().rest();
    }
  }

  /** As {@link KeyProvider#checkKeyFile}; nothing is remembered. */
  public void checkKeyFile(KeySpec spec) {
    provider.checkKeyFile(spec);
  }

  private Tracked tracked(KeySpec spec) {
    Tracked known = tracked.get(spec);
    if (known != null) {
      return known;
    }
    if (closed) {
      throw new KeyUnavailableException("the key cache is closed; no key for " + spec);
    }
    provider.check(spec);
    Supplier<CacheSettings> limits = () -> settings.apply(spec);
    CurrentKey current = new CurrentKey(spec, limits, clocks, events, () -> track(spec));
    CacheSettings now = limits.get();
    Backoff backoff = new Backoff(now.backoffMin(), now.backoffMax(), random);
    KeyRefresh refresh =
        new KeyRefresh(
            current,
            provider,
            opening,
            limits,
            backoff,
            clocks,
            timer,
            workers.refreshers(),
            events);
    Tracked mine = new Tracked(current, refresh);
    Tracked other = tracked.putIfAbsent(spec, mine);
    if (closed) {
      refresh.close();
    }
    return other != null ? other : mine;
  }

  public DataKey sealingKey(KeySpec spec, Patience patience) {
    return current(spec).get(patience);
  }

  /**
   * The key that opens what {@code reference} names; fetched on first use, by one thread for all.
   *
   * @param hint the spec of the table or file; the reference's group tag decides which group is
   *     asked
   */
  public DataKey openingKey(KeySpec hint, KeyReference reference) {
    return opening.get(hint, reference);
  }

  /** As {@link #openingKey}, held against wiping until the lease is closed. */
  public DataKey.Lease openingLease(KeySpec hint, KeyReference reference) {
    for (; ; ) {
      DataKey key = opening.get(hint, reference);
      try {
        return key.lease();
      } catch (IllegalStateException evictedMeanwhile) {
        if (closed) {
          throw new KeyUnavailableException("the key cache is closed", evictedMeanwhile);
        }
      }
    }
  }

  /**
   * As {@link #openingKey}, but an outage is waited out up to {@code patience} with growing pauses:
   * what start-up does with every key that data on disk needs ({@code startup_key_wait},
   * docs/RULES.md R21).
   */
  public DataKey awaitOpeningKey(KeySpec hint, KeyReference reference, Duration patience) {
    return opening.await(hint, reference, patience);
  }

  /**
   * Looks at the servers now; completes when every tracked spec had a look that began after this
   * call, and the keys that are kept on disk after that. Failures show in stats.
   */
  public CompletableFuture<Void> refreshNow() {
    opening.forgetFailures();
    List<CompletableFuture<Void>> all = new ArrayList<>();
    tracked.values().stream()
        .map(Tracked::refresh)
        .filter(KeyRefresh::isStarted)
        .forEach(r -> all.add(r.request()));
    CompletableFuture<Void> looks = CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
    Upkeep disk = upkeep;
    return disk == null ? looks : looks.thenCompose(looked -> disk.now());
  }

  /** The limits of specs are others now: they apply from here on, beginning with a look. */
  public CompletableFuture<Void> limitsChanged() {
    tracked.values().forEach(each -> each.refresh().limitsChanged());
    return refreshNow();
  }

  /** The keys in memory that open data, the current ones among them. */
  public Set<KeyReference> inMemory() {
    return opening.known();
  }

  /**
   * Drops an opening key; its material is wiped when the last lease ends. The current key stays
   * usable.
   */
  public boolean evict(KeyReference reference) {
    return opening.evict(reference);
  }

  /** Keys that nothing may begin to use. */
  public Fences fences() {
    return fences;
  }

  /**
   * The key as a server gives it now, past this cache and its check of check values. The caller
   * retires it.
   */
  public DataKey fetchApart(KeySpec hint, KeyReference reference) {
    return provider.byId(hint, reference);
  }

  /** Drops what is in memory of these keys, for nobody uses them; returns how many there were. */
  public int evict(Collection<Fences.Key> keys) {
    return opening.evict(keys);
  }

  /**
   * Hears of every key that leaves the cache, after it was retired: what was derived from it is to
   * be dropped then.
   *
   * @return ends the listening
   */
  public Runnable onEviction(Consumer<KeyReference> listener) {
    evictionListeners.add(listener);
    return () -> evictionListeners.remove(listener);
  }

  /**
   * The failure of the last look for this spec, or null when it succeeded or the spec is not
   * tracked.
   */
  public @Nullable KeyException lastFailure(KeySpec spec) {
    Tracked known = tracked.get(spec);
    return known == null ? null : known.current().lastFailure();
  }

  public KeyStats stats() {
    return new KeyStats(
        tracked.values().stream()
            .map(Tracked::refresh)
            .filter(KeyRefresh::isStarted)
            .map(KeyRefresh::stats)
            .toList(),
        opening.size(),
        opening.remembered(),
        opening.fetches.get(),
        opening.failed.get(),
        opening.refusedFromMemory.get());
  }

  /** Of one spec; null before it was used. */
  public KeyStats.@Nullable Current stats(KeySpec spec) {
    Tracked known = tracked.get(spec);
    return known == null || !known.refresh().isStarted() ? null : known.refresh().stats();
  }

  /** Keys that this machine keeps on its disk for an outage. */
  public KeyProvider.KeptKeys keptKeys() {
    return provider.keptKeys();
  }

  /** The key servers, as the provider knows them. */
  public List<KeyProvider.HostStatus> hosts() {
    return provider.hosts();
  }

  /**
   * Stops refreshing, wakes every waiting thread with KeyUnavailableException and wipes the keys.
   * Closes the provider.
   */
  @Override
  public void close() {
    closed = true;
    timer.close();
    tracked.values().forEach(t -> t.refresh().close());
    opening.close();
    workers.close();
    provider.close();
  }

  /** Everything but the provider has a default for production. */
  public static final class Builder {
    private final KeyProvider provider;
    private Function<KeySpec, CacheSettings> settings = spec -> CacheSettings.DEFAULTS;
    private CacheSettings openingSettings = CacheSettings.DEFAULTS;
    private @Nullable Duration upkeep;
    private InstantSource clock = InstantSource.system();
    private LongSupplier nanoTime = System::nanoTime;
    private @Nullable Timer timer;
    private @Nullable Executor workers;
    private RandomGenerator random = new SecureRandom();
    private KeyEvents events = new LoggedKeyEvents();

    private Builder(KeyProvider provider) {
      this.provider = provider;
    }

    public Builder settings(CacheSettings all) {
      openingSettings = all;
      return settings(spec -> all);
    }

    /** Limits per spec, for key_cache_millis is an option of the group. */
    public Builder settings(Function<KeySpec, CacheSettings> perSpec) {
      settings = perSpec;
      return this;
    }

    /** The longest time between two rounds of {@link KeyProvider#upkeep}; null: never. */
    public Builder upkeep(Duration value) {
      upkeep = value;
      return this;
    }

    /** For dates that servers give. */
    public Builder clock(InstantSource value) {
      clock = value;
      return this;
    }

    /** For ages and pauses, which no change of the wall clock may stretch. */
    public Builder nanoTime(LongSupplier value) {
      nanoTime = value;
      return this;
    }

    public Builder timer(Timer value) {
      timer = value;
      return this;
    }

    public Builder workers(Executor value) {
      workers = value;
      return this;
    }

    public Builder random(RandomGenerator value) {
      random = value;
      return this;
    }

    public Builder events(KeyEvents value) {
      events = value;
      return this;
    }

    public KeyCache build() {
      return new KeyCache(this);
    }
  }
}
