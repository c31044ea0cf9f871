package io.cassandratde.sstable.cassandra;

import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyGroup;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.keys.cache.KeyCache;
import io.cassandratde.keys.cache.Patience;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.replicated.DataKeys;
import io.cassandratde.keys.replicated.KeyLine;
import io.cassandratde.keys.runtime.TdeRuntime;
import io.cassandratde.sstable.cassandra.control.Cluster;
import io.cassandratde.sstable.format.UnknownVersionException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.cassandra.config.DatabaseDescriptor;
import org.apache.cassandra.db.Keyspace;
import org.apache.cassandra.service.StorageService;
import org.apache.cassandra.utils.JVMStabilityInspector;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Before a starting node opens its first encrypted table or segment, every key that its disk names
 * is fetched, and every key that commit log and hints will be sealed by. One that cannot be had
 * within {@code startup_key_wait} stops the node here, in one message, and so do files of a later
 * release of this project: later, Cassandra would skip the tables or drop the last segment, as
 * {@code disk_failure_policy} and {@code commit_failure_policy} say (docs/RULES.md R21, R22).
 */
final class StartUpCheck {

  private static final Logger logger = LoggerFactory.getLogger(StartUpCheck.class);
  private static final int THREADS = 8;
  private static final int MOST_LINES = 20;
  private static final Duration SILENT = Duration.ofSeconds(3);

  private final TdeConfig config;
  private final KeyCache keys;
  private final Set<KeyGroup> groups;
  private final long end;

  StartUpCheck(TdeRuntime runtime, Duration patience) {
    this.config = runtime.config();
    this.keys = runtime.keys();
    this.groups = runtime.groups();
    this.end = System.nanoTime() + patience.toNanos();
  }

  /** Until a node serves; Cassandra's own flag comes last, as to ask it initializes much. */
  private static boolean isStarting() {
    return DatabaseDescriptor.isDaemonInitialized()
        && (!Keyspace.isInitialized() || !StorageService.instance.isDaemonSetupCompleted());
  }

  static void runIfStarting(TdeRuntime runtime) {
    if (!isStarting()) {
      return;
    }
    requireLogSettings();
    for (String warning : LogSettings.warnings()) {
      logger.warn(warning);
    }
    long start = System.nanoTime();
    KeysOnDisk disk = new KeysOnDisk();
    for (String directory : DatabaseDescriptor.getAllDataFileLocations()) {
      disk.addTables(Path.of(directory));
    }
    disk.addLogs(Path.of(DatabaseDescriptor.getCommitLogLocation()));
    disk.addLogs(DatabaseDescriptor.getHintsDirectory().toPath());
    String cdc = DatabaseDescriptor.getCDCLogLocation();
    if (cdc != null) {
      disk.addLogs(Path.of(cdc));
    }
    if (!disk.later().isEmpty()) {
      String message = ofLaterRelease(disk.later());
      haltIfStarting(message, new UnknownVersionException(message));
    }
    StartUpCheck check = new StartUpCheck(runtime, runtime.config().startupKeyWait());
    List<String> missing = check.missing(disk.needs());
    if (!missing.isEmpty()) {
      halt(
          "Start stopped, with nothing changed: the data cannot be read without its key, and is not damaged. Bring back a"
              + " key server of the group that has it, or the token; of a replicated key, its master key and this node's copy"
              + " (replicated_keys.directory); then start the node. (Of a table that was dropped, or left by a"
              + " stream that failed, files that no table needs: move them away)",
          missing);
    }
    missing = check.missing(LogSettings.specs());
    if (!missing.isEmpty()) {
      halt(
          "Start stopped, with nothing changed: commit log and hints cannot be sealed. Bring back a key server of the"
              + " group, or the key file, or correct cassandra.yaml, then start the node",
          missing);
    }
    logger.info(
        "All {} keys that {} files name are at hand ({} ms)",
        disk.needs().size(),
        disk.files(),
        Duration.ofNanos(System.nanoTime() - start).toMillis());
    long kept = runtime.keys().keptKeys().taken();
    if (kept > 0) {
      logger.error(
          "LOCAL KEY CACHE: this node starts with {} keys from its own disk, as key servers could not be asked. A key that was"
              + " revoked or destroyed meanwhile is noticed when they are back: repair them",
          kept);
    }
  }

  /**
   * Stops a start that would never end: rows of the commit log have to be sealed before the node
   * takes part in the cluster, and a replicated key of which there is no copy here comes from the
   * cluster's table alone.
   */
  static void requireCopyIfStarting(TdeRuntime runtime, KeySpec spec) {
    String message = isStarting() && !Cluster.isAskable() ? withoutCopy(runtime, spec) : null;
    if (message != null) {
      haltIfStarting(message, new KeyConfigException(message));
    }
  }

  /** What such a start says; null: this node has a copy. */
  static @Nullable String withoutCopy(TdeRuntime runtime, KeySpec spec) {
    DataKeys keys = runtime.dataKeys();
    if (keys == null || keys.isCopied(KeyLine.of(spec))) {
      return null;
    }
    TdeConfig config = runtime.config();
    String byPolicy =
        spec.equals(config.policy().defaultKey())
            ? " If encrypt or default_key in "
                + config.file()
                + " was changed to these keys: put back what it was, start the node, run `nodetool flush`, then change it again."
            : "";
    return "Start stopped, with nothing lost: rows that wait in the commit log have to be sealed by "
        + spec
        + ", of which this node has no key in replicated_keys.directory, and the table of data keys cannot be asked"
        + " before it has started."
        + byPolicy
        + " Else bring such a key here, by `cassandra-tde keys export --wrapped` for another node and `keys import` on this"
        + " one, then start the node";
  }

  private static void requireLogSettings() {
    try {
      LogSettings.check();
    } catch (KeyConfigException e) {
      haltIfStarting("Start stopped, with nothing changed: " + e.getMessage(), e);
      throw e;
    }
  }

  /** What stops a start over files that no key opens here. */
  static String ofLaterRelease(Map<Path, String> files) {
    String version = StartUpCheck.class.getPackage().getImplementationVersion();
    StringBuilder message =
        new StringBuilder("Start stopped, with nothing changed: ")
            .append(files.size())
            .append(
                " files were written by a later release of cassandra-tde, and this one cannot read them; they are not"
                    + " damaged. This is release ")
            .append(version == null ? "(unpackaged)" : version)
            .append(
                ": put back the jar of the release that ran here before, then start the node. (If none did, a byte"
                    + " of the file was changed: restore it, or take the SSTable away and repair.)");
    files.entrySet().stream()
        .limit(MOST_LINES)
        .forEach(
            file ->
                message.append("\n  ").append(file.getKey()).append(": ").append(file.getValue()));
    if (files.size() > MOST_LINES) {
      message.append("\n  and ").append(files.size() - MOST_LINES).append(" more");
    }
    return message.toString();
  }

  private static void halt(String what, List<String> missing) {
    String message = what + ".\n  " + String.join("\n  ", missing);
    haltIfStarting(message, new KeyUnavailableException(message));
  }

  /** Ends the process of a node that does not serve yet, whatever its failure policies say. */
  static void haltIfStarting(String message, Throwable why) {
    if (isStarting()) {
      logger.error(message);
      System.err.println(message);
      JVMStabilityInspector.killCurrentJVM(why, true);
    }
  }

  /** One line for each of these keys that cannot be had. */
  List<String> missing(Map<KeyReference, KeysOnDisk.Need> needs) {
    ExecutorService workers = Executors.newFixedThreadPool(THREADS, StartUpCheck::daemon);
    try {
      Map<KeyReference, CompletableFuture<@Nullable KeyException>> looks = new LinkedHashMap<>();
      needs.forEach(
          (key, need) ->
              looks.put(
                  key, CompletableFuture.supplyAsync(() -> fetch(need.hint(), key), workers)));
      tellIfLong(looks.values());
      List<String> missing = new ArrayList<>();
      looks.forEach(
          (key, look) -> {
            KeyException failure = look.join();
            if (failure != null) {
              missing.add(
                  "key %s of group %s, needed by %s: %s"
                      .formatted(
                          key.keyId(),
                          group(key.groupTag()),
                          needs.get(key),
                          failure.getMessage()));
            }
          });
      return missing;
    } finally {
      workers.shutdownNow();
    }
  }

  /** A node that waits says so. */
  private void tellIfLong(Collection<CompletableFuture<@Nullable KeyException>> looks) {
    try {
      CompletableFuture.allOf(looks.toArray(CompletableFuture[]::new))
          .get(SILENT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      logger.warn(
          "This start waits for {} of {} keys that files on the disk name, for {} s at most (startup_key_wait): see to the key"
              + " servers and tokens of {}",
          looks.stream().filter(look -> !look.isDone()).count(),
          looks.size(),
          left().toSeconds(),
          groups);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private @Nullable KeyException fetch(KeySpec hint, KeyReference key) {
    try {
      var unused = keys.awaitOpeningKey(hint, key, left());
      return null;
    } catch (KeyException missing) {
      return missing;
    }
  }

  /** One line for each of these specs that there is no key to seal by. */
  List<String> missing(Iterable<KeySpec> sealing) {
    List<String> missing = new ArrayList<>();
    for (KeySpec spec : sealing) {
      KeyException failure = sealingKey(spec);
      if (failure != null) {
        missing.add(
            "a key to seal commit log or hints by, of %s: %s"
                .formatted(spec, failure.getMessage()));
      }
    }
    return missing;
  }

  private @Nullable KeyException sealingKey(KeySpec spec) {
    for (; ; ) {
      try {
        var unused = keys.sealingKey(spec, Patience.FAIL);
        return null;
      } catch (KeyUnavailableException outage) {
        if (left().isZero()) {
          return outage;
        }
      } catch (KeyException hopeless) {
        return hopeless;
      }
    }
  }

  private Duration left() {
    return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
  }

  /** The group's name now, or its tag. */
  private String group(int tag) {
    for (KeyGroup group : groups) {
      if (group.tag() == tag) {
        String now = config.groupAliases().get(group.name());
        return group.provider() == ProviderKind.KMIP && now != null
            ? now + " (formerly " + group + ")"
            : group.toString();
      }
    }
    return String.format(Locale.ROOT, "tag %08x, which the configuration does not have", tag);
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "tde-startup-keys");
    thread.setDaemon(true);
    return thread;
  }
}
