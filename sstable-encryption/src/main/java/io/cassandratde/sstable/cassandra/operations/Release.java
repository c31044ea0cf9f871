package io.cassandratde.sstable.cassandra.operations;

import io.cassandratde.keys.cache.KeyCache;
import io.cassandratde.sstable.cassandra.inventory.NodeDirectories;
import io.cassandratde.sstable.inventory.Depth;
import io.cassandratde.sstable.inventory.DiskInventory;
import io.cassandratde.sstable.inventory.NodeInventory;
import io.cassandratde.sstable.inventory.OtherFile;
import io.cassandratde.sstable.inventory.Place;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.cassandra.db.commitlog.CommitLog;
import org.apache.cassandra.schema.TableId;
import org.apache.cassandra.service.CacheService;
import org.apache.cassandra.service.paxos.uncommitted.PaxosMerge;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings from under a key what is no SSTable and would stay: commit-log segments go when what they
 * hold is flushed, saved caches are saved anew, files of Paxos state are merged into new ones. All
 * by Cassandra's own means, under the keys that are current now. Hints and segments for readers of
 * changes go when they are delivered and read, which is not the node's to hasten.
 */
final class Release extends Operation {

  private static final Logger logger = LoggerFactory.getLogger(Release.class);

  /** In the name of the carrier; see {@code PaxosFiles}. */
  private static final Pattern PAXOS = Pattern.compile("Encryption-(.+)_\\d+\\.paxos-carrier");

  /** Without any file going. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final long SHORTEST_MILLIS = 50;
  private static final long LONGEST_MILLIS = 5000;

  private static final String PAXOS_DIRECTORY = "system/_paxos_repair_state";

  private final DiskInventory disk;
  private final KeyCache keys;

  /** Those that need, or needed, the key, with their sizes. */
  private final Map<Path, Long> known = new HashMap<>();

  Release(NamedKey key, KeyCache keys) {
    super("release", key, List.of());
    this.disk = new DiskInventory(directories());
    this.keys = keys;
  }

  private static Map<Place, List<Path>> directories() {
    Map<Place, List<Path>> all = NodeDirectories.all();
    all.keySet().retainAll(Set.of(Place.COMMITLOG, Place.SAVED_CACHE, Place.LIVE));
    all.computeIfPresent(
        Place.LIVE,
        (place, roots) ->
            roots.stream()
                .map(root -> root.resolve(PAXOS_DIRECTORY))
                .filter(Files::isDirectory)
                .toList());
    return all;
  }

  @Override
  void work() {
    long began = System.nanoTime();
    long pause = SHORTEST_MILLIS;
    for (int round = 0; !isCancelled(); round++) {
      NodeInventory read = disk.read(Depth.HEADERS);
      List<OtherFile> left = needing(read);
      if (note(left)) {
        began = System.nanoTime();
      }
      if (left.isEmpty() && read.complete()) {
        return;
      }
      if (System.nanoTime() - began > PATIENCE.toNanos() || !mayGo(left)) {
        left.forEach(each -> progress().failed(each.file().toString(), why(each.place())));
        read.open()
            .forEach(item -> progress().failed(item.path().toString(), "may: " + item.what()));
        return;
      }
      if (round == 0 || pause == LONGEST_MILLIS) {
        bring(left);
      }
      sleep(pause);
      pause = Math.min(LONGEST_MILLIS, pause * 2);
    }
  }

  private List<OtherFile> needing(NodeInventory read) {
    return read.others().stream()
        .filter(file -> file.needs().keys().keySet().stream().anyMatch(key()::matches))
        .toList();
  }

  /** Tells progress of those that came and went; true: there were such. */
  private boolean note(List<OtherFile> left) {
    Set<Path> still = left.stream().map(OtherFile::file).collect(Collectors.toSet());
    Set<Path> gone = new HashSet<>(known.keySet());
    gone.removeAll(still);
    gone.forEach(file -> progress().done(known.remove(file)));
    List<OtherFile> more = left.stream().filter(f -> !known.containsKey(f.file())).toList();
    more.forEach(file -> known.put(file.file(), file.bytes()));
    progress().found(more.size(), more.stream().mapToLong(OtherFile::bytes).sum());
    return !gone.isEmpty() || !more.isEmpty();
  }

  /** Under a fence a merge could not open its files, and Cassandra would begin no other. */
  private boolean mayGo(List<OtherFile> left) {
    return !isFenced()
        || left.isEmpty()
        || left.stream().anyMatch(file -> file.place() != Place.PAXOS);
  }

  private boolean isFenced() {
    return keys.fences().all().stream().anyMatch(fence -> key().fenced().contains(fence.key()));
  }

  private String why(Place place) {
    return "still needs "
        + key()
        + switch (place) {
          case COMMITLOG ->
              ": a table was not flushed, or the archive command failed (see the log); see to that,"
                  + " and start release again";
          case PAXOS ->
              isFenced()
                  ? ", and cannot be opened under its fence: unfence, release, fence again"
                  : ": Cassandra did not merge it (see the log); start release again, and if that"
                      + " does not help restart the node and do so then";
          default -> ": it was not saved anew (see the log); start release again";
        };
  }

  /** Waits for Cassandra as long as it takes, for a flush waits for a key, but not longer. */
  private void bring(List<OtherFile> left) {
    Set<Place> places = left.stream().map(OtherFile::place).collect(Collectors.toSet());
    FutureTask<Boolean> task =
        new FutureTask<>(
            () -> {
              if (places.contains(Place.COMMITLOG)) {
                CommitLog.instance.forceRecycleAllSegments();
              }
              if (places.contains(Place.SAVED_CACHE)) {
                CacheService.instance.saveCaches();
              }
              if (places.contains(Place.PAXOS) && !isFenced()) {
                left.forEach(this::mergePaxos);
              }
              return true;
            });
    Thread thread = new Thread(task, "tde-release");
    thread.setDaemon(true);
    thread.start();
    while (!isCancelled()) {
      try {
        var unused = task.get(SHORTEST_MILLIS, TimeUnit.MILLISECONDS);
        return;
      } catch (ExecutionException e) {
        logger.warn("Operation {} goes on after a failure", id(), e.getCause());
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        cancel();
      } catch (TimeoutException e) {
        logger.trace("Operation {} waits for a flush", id());
      }
    }
  }

  private void mergePaxos(OtherFile file) {
    Matcher name = PAXOS.matcher(String.valueOf(file.file().getFileName()));
    if (file.place() == Place.PAXOS && name.matches()) {
      // A merge that fails is Cassandra's last of this table until a restart.
      file.needs().keys().keySet().forEach(each -> keys.openingKey(key().hint(), each));
      var unused = PaxosMerge.begin(TableId.fromString(name.group(1)));
    }
  }

  private void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      cancel();
    }
  }
}
