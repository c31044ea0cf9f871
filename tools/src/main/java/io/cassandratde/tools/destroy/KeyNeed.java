package io.cassandratde.tools.destroy;

import io.cassandratde.tools.cluster.KeyUse;
import io.cassandratde.tools.cluster.SoughtKey;
import io.cassandratde.tools.output.Bytes;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What needs a key, or may need it, so that it must not be destroyed.
 *
 * @param node where; or the cluster
 * @param use files of one table in one place; null: nobody knows what there is, or it is no file
 * @param text for the operator
 * @param passing whether it goes by itself, mostly: asking again makes sense
 */
public record KeyNeed(String node, @Nullable KeyUse use, String text, boolean passing) {

  static KeyNeed of(String node, KeyUse use, SoughtKey key) {
    String what =
        switch (use.place()) {
          case "live" -> "live SSTables";
          case "snapshot" -> "snapshot " + use.snapshot();
          case "backup" -> "incremental backups";
          case "commitlog" -> "commit-log segments";
          case "cdc" -> "change data (CDC)";
          case "hints" -> "hints";
          case "paxos" -> "Paxos state";
          case "saved_cache" -> "saved caches";
          case "key_copy" -> "data keys that it wraps (`keys rewrap`, then `keys gc`)";
          default -> "files in place " + use.place();
        };
    String table = use.keyspace() == null ? "" : " of " + use.keyspace() + "." + use.table();
    return new KeyNeed(
        node,
        use,
        String.format(
            Locale.ROOT,
            "%s%s: %d files, %s%s",
            what,
            table,
            use.files(),
            Bytes.print(use.bytes()),
            key.otherName(use)),
        false);
  }

  static KeyNeed unknown(String node, String why) {
    return new KeyNeed(node, null, why, false);
  }

  static KeyNeed unknown(String node, String why, boolean passing) {
    return new KeyNeed(node, null, why, passing);
  }

  @Override
  public String toString() {
    return node + ": " + text;
  }
}
