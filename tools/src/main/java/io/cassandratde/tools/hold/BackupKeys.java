package io.cassandratde.tools.hold;

import io.cassandratde.sstable.inventory.GroupNames;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.backup.Manifest;
import io.cassandratde.tools.backup.ManifestJson;
import io.cassandratde.tools.backup.NeededKey;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The keys that manifests of one backup name, such as those that its nodes wrote.
 *
 * @param until the latest date of them; null: none has one
 * @param unread what may need keys that do not stand here
 */
public record BackupKeys(List<HeldKey> keys, @Nullable Instant until, List<String> unread) {

  public BackupKeys {
    keys = List.copyOf(keys);
    unread = List.copyOf(unread);
  }

  /** Of the files that {@code cassandra-tde manifest} wrote. */
  public static BackupKeys read(List<Path> manifests, GroupNames groups)
      throws CommandFailure, IOException {
    List<NeededKey> needed = new ArrayList<>();
    List<String> unread = new ArrayList<>();
    Instant until = null;
    for (Path file : manifests) {
      Manifest manifest = read(file);
      needed.addAll(manifest.keys());
      for (Manifest.Unread one : manifest.unread()) {
        unread.add(manifest.host() + ":" + one.path() + ": " + one.reason());
      }
      Instant its = manifest.holdUntil();
      if (its != null && (until == null || its.isAfter(until))) {
        until = its;
      }
    }
    List<HeldKey> keys =
        NeededKey.merged(needed).stream().map(key -> held(key, groups)).distinct().toList();
    HeldKey twice = twice(keys);
    if (twice != null) {
      throw new CommandFailure(
          ExitCode.KEY_LOST,
          "two different keys are called %s in group %s, by their check values: a hold names one"
              .formatted(twice.keyId(), twice.group()));
    }
    return new BackupKeys(keys, until, unread);
  }

  private static Manifest read(Path file) throws CommandFailure, IOException {
    try {
      return ManifestJson.read(file);
    } catch (ManifestJson.NoManifestException e) {
      throw new CommandFailure(ExitCode.CONFIGURATION, String.valueOf(e.getMessage()), e);
    }
  }

  private static HeldKey held(NeededKey key, GroupNames groups) {
    return new HeldKey(
        Objects.requireNonNullElseGet(
            key.group(), () -> groups.name(key.reference().groupTag(), Map.of())),
        key.reference().keyId(),
        HexFormat.of().toHexDigits(key.reference().checkValue()));
  }

  private static @Nullable HeldKey twice(List<HeldKey> keys) {
    List<HeldKey> sorted =
        keys.stream()
            .sorted(Comparator.comparing(HeldKey::group).thenComparing(HeldKey::keyId))
            .toList();
    for (int i = 1; i < sorted.size(); i++) {
      HeldKey one = sorted.get(i);
      HeldKey before = sorted.get(i - 1);
      if (one.group().equals(before.group()) && one.keyId().equals(before.keyId())) {
        return one;
      }
    }
    return null;
  }
}
