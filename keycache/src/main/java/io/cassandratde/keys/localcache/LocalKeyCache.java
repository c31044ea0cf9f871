package io.cassandratde.keys.localcache;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeptKey;
import io.cassandratde.keys.KeyProvider.SealingKey;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.config.LocalCacheConfig;
import io.cassandratde.kmip.KeyState;
import java.nio.file.Path;
import java.security.Provider;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of KMIP groups on this node's disk: one file for each key, and one for each spec that
 * says which key seals it. No method throws after {@link #open}.
 */
final class LocalKeyCache {

  private static final Logger logger = LoggerFactory.getLogger(LocalKeyCache.class);

  /** A confirmation is written again after that much time: looks may come every 100 ms. */
  private static final Duration CONFIRMATION = Duration.ofSeconds(10);

  private final CacheFiles files;
  private final Hkdf hkdf;
  private final InstantSource clock;

  private LocalKeyCache(CacheFiles files, Hkdf hkdf, InstantSource clock) {
    this.files = files;
    this.hkdf = hkdf;
    this.clock = clock;
  }

  /** As {@link CacheFiles#open}. */
  static LocalKeyCache open(
      LocalCacheConfig config, String cluster, Hkdf hkdf, Provider provider, InstantSource clock) {
    return new LocalKeyCache(CacheFiles.open(config, cluster, hkdf, provider), hkdf, clock);
  }

  Path path() {
    return files.path();
  }

  /** How many keys there are, good or not. */
  int size() {
    return files.count(FileNames.KEY);
  }

  /**
   * Keeps a key that a server gave.
   *
   * @param told null: the server did not say; the state that is known stays
   */
  synchronized void keep(String group, DataKey key, @Nullable KeyState told) {
    Entry entry = entry(group, key, told, null);
    try (SystemKeySeal.Opened there = files.read(FileNames.of(entry), group)) {
      if (there != null && there.entry().isSameKey(entry)) {
        KeyState known = there.entry().state();
        if (there.isUnderLastKey() && (told == null || told == known)) {
          return;
        }
        entry = told == null ? entry.withState(known, entry.written()) : entry;
      }
    }
    Entry kept = entry;
    var unused = key.wrap(material -> files.write(kept, material));
  }

  private Entry entry(
      String group, DataKey key, @Nullable KeyState state, Entry.@Nullable Sealing sealing) {
    return new Entry(
        files.cluster(),
        group,
        key.reference().keyId(),
        key.reference().checkValue(),
        key.bits(),
        state,
        millis(clock.instant()),
        sealing);
  }

  /** Whether the key could be had from here. */
  synchronized boolean holds(String group, KeyReference reference) {
    DataKey key = recall(group, reference);
    if (key != null) {
      key.retire();
    }
    return key != null;
  }

  /** Null: it is not there, or not in a file that can be used. */
  synchronized @Nullable DataKey recall(String group, KeyReference reference) {
    SystemKeySeal.Opened opened = files.read(FileNames.key(group, reference.keyId()), group);
    return opened == null ? null : toKey(opened, reference);
  }

  /** Never another key than the one that was asked for; wipes what was opened. */
  private @Nullable DataKey toKey(SystemKeySeal.Opened opened, KeyReference wanted) {
    try (opened) {
      DataKey key = DataKey.of(wanted.groupTag(), opened.entry().keyId(), opened.material(), hkdf);
      if (key.reference().equals(wanted)) {
        return key;
      }
      logger.error(
          "The local key cache holds {} where {} was asked for; it is not used",
          key.reference(),
          wanted);
      key.retire();
      return null;
    }
  }

  /** A server has confirmed that this key seals. */
  synchronized void keepSealing(KeySpec spec, SealingKey found) {
    keep(spec.group(), found.key(), KeyState.ACTIVE);
    Instant until = found.sealUntil();
    Entry.Sealing sealing =
        new Entry.Sealing(spec.namespace(), spec.template(), until == null ? null : millis(until));
    Entry entry = entry(spec.group(), found.key(), KeyState.ACTIVE, sealing);
    try (SystemKeySeal.Opened there = files.read(FileNames.of(entry), spec.group())) {
      if (there != null
          && there.isUnderLastKey()
          && there.entry().isSameKey(entry)
          && sealing.equals(there.entry().sealing())
          && isRecent(there.entry().written())) {
        return;
      }
    }
    var unused = files.write(entry, new byte[0]);
  }

  private boolean isRecent(Instant written) {
    return Duration.between(written, clock.instant()).abs().compareTo(CONFIRMATION) < 0;
  }

  /** What this node sealed with last, whether or not the key itself is still kept. */
  synchronized @Nullable KeyReference lastSealing(KeySpec spec) {
    try (SystemKeySeal.Opened opened = files.read(sealingName(spec), spec.group())) {
      return opened == null ? null : reference(spec, opened.entry());
    }
  }

  /** The key that goes on sealing in an outage: one that a server called Active when last asked. */
  synchronized @Nullable KeptKey sealing(KeySpec spec) {
    try (SystemKeySeal.Opened opened = files.read(sealingName(spec), spec.group())) {
      if (opened == null || opened.entry().sealing() == null) {
        return null;
      }
      Entry entry = opened.entry();
      DataKey key = activeKey(spec.group(), reference(spec, entry));
      Instant until = opened.entry().sealing().until();
      return key == null
          ? null
          : new KeptKey(new SealingKey(key, until, "kept by the local key cache"), entry.written());
    }
  }

  private @Nullable DataKey activeKey(String group, KeyReference reference) {
    SystemKeySeal.Opened opened = files.read(FileNames.key(group, reference.keyId()), group);
    if (opened == null) {
      return null;
    }
    if (opened.entry().state() != KeyState.ACTIVE) {
      opened.close();
      return null;
    }
    return toKey(opened, reference);
  }

  private static KeyReference reference(KeySpec spec, Entry entry) {
    return new KeyReference(spec.groupTag(), entry.keyId(), entry.checkValue());
  }

  private static String sealingName(KeySpec spec) {
    return FileNames.sealing(spec.group(), spec.cipher().bits(), spec.namespace(), spec.template());
  }

  /** The servers say that nothing known seals for this spec any more. */
  synchronized void forgetSealing(KeySpec spec) {
    var unused = files.delete(sealingName(spec));
  }

  private void stopSealing(String group, String keyId) {
    for (Path file : files.of(group, FileNames.SEALING)) {
      String name = file.getFileName().toString();
      try (SystemKeySeal.Opened opened = files.read(name, group)) {
        if (opened != null && opened.entry().keyId().equals(keyId)) {
          var unused = files.delete(name);
        }
      }
    }
  }

  /** The key must not live on here, whatever the condition of its file. */
  synchronized void purge(String group, String keyId, String why) {
    stopSealing(group, keyId);
    if (files.delete(FileNames.key(group, keyId))) {
      logger.warn(
          "Key {} of group {} was removed from the local key cache {}: {}",
          keyId,
          group,
          files.path(),
          why);
    }
  }

  /** The keys of a group that can be used. */
  synchronized List<Entry> keys(String group) {
    List<Entry> entries = new ArrayList<>();
    for (Path file : files.of(group, FileNames.KEY)) {
      try (SystemKeySeal.Opened opened = files.read(file.getFileName().toString(), group)) {
        if (opened != null) {
          entries.add(opened.entry());
        }
      }
    }
    return entries;
  }

  /**
   * A server has told of a key that is kept. What an older system key seals is sealed anew.
   *
   * @param told null: not its state, which stays as it was
   */
  synchronized void update(String group, String keyId, @Nullable KeyState told) {
    try (SystemKeySeal.Opened opened = files.read(FileNames.key(group, keyId), group)) {
      if (opened != null) {
        Entry entry = opened.entry();
        KeyState state = told == null ? entry.state() : told;
        if (state != entry.state() || !opened.isUnderLastKey()) {
          var unused =
              files.write(entry.withState(state, millis(clock.instant())), opened.material());
        }
      }
    }
    if (told != null && told != KeyState.ACTIVE) {
      stopSealing(group, keyId);
    }
  }

  /** As {@link CacheFiles#removeUnusable}. */
  synchronized void removeUnusable(String group) {
    files.removeUnusable(group, FileNames.KEY);
    files.removeUnusable(group, FileNames.SEALING);
  }

  /** Says at once what is in the directory that no start could use. */
  synchronized void report(Set<String> groups) {
    int good = groups.stream().mapToInt(group -> keys(group).size()).sum();
    files.tellStrangers(groups);
    logger.info("The local key cache in {} holds {} keys", files.path(), good);
  }

  private static Instant millis(Instant time) {
    return Instant.ofEpochMilli(time.toEpochMilli());
  }
}
