package io.cassandratde.sstable.cassandra.hierarchy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.master.DamagedWrapException;
import io.cassandratde.keys.master.WrappedKey;
import io.cassandratde.keys.replicated.DataKeyRow;
import io.cassandratde.keys.replicated.DataKeyState;
import io.cassandratde.keys.replicated.KeyLine;
import io.cassandratde.keys.replicated.KeyWrap;
import io.cassandratde.keys.replicated.ToldOnce;
import io.cassandratde.sstable.cassandra.control.ControlKeyspace;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.cassandra.cql3.UntypedResultSet.Row;
import org.apache.cassandra.utils.ByteBufferUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rows of {@code data_keys} and {@code data_key_wraps} as they are read. What no node can have
 * written is told once and left alone: whoever may write to the keyspace must not end the work of
 * others by a row.
 */
final class DataKeyRows {

  private static final Logger logger = LoggerFactory.getLogger(DataKeyRows.class);

  /** Those that were told. */
  private final ToldOnce faults = new ToldOnce();

  /** Keys, in the order of their rows. */
  List<DataKeyRow> keys(Iterable<Row> rows) {
    List<DataKeyRow> keys = new ArrayList<>();
    for (Row row : rows) {
      String fault = fault(row);
      if (fault == null) {
        keys.add(key(row));
      } else {
        tell(fault);
      }
    }
    return keys;
  }

  /** Wraps of one key, in the order of their rows: newest first. */
  List<KeyWrap> wraps(Iterable<Row> rows) {
    List<KeyWrap> wraps = new ArrayList<>();
    for (Row row : rows) {
      if (row.has("wrapped_at") && row.has("wrapped")) {
        Instant at =
            Instant.ofEpochMilli(row.getTimeUUID("wrapped_at").unix(TimeUnit.MILLISECONDS));
        try {
          wraps.add(
              new KeyWrap(at, WrappedKey.parse(ByteBufferUtil.getArray(row.getBytes("wrapped")))));
        } catch (DamagedWrapException e) {
          tell(
              "a wrap of key %s in %s, of %s, is damaged (%s)"
                  .formatted(
                      row.getUUID("key_id"),
                      ControlKeyspace.DATA_KEY_WRAPS.fullName(),
                      at,
                      e.getMessage()));
        }
      }
    }
    return wraps;
  }

  /** Somebody changed the static columns of its wraps, which lead to another row or to none. */
  void tellMisled(DataKeyRow row) {
    tell(
        "master, namespace, bits and version in %s of %s are not those of its row in %s, so no node wrote them: it is found without them"
            .formatted(
                ControlKeyspace.DATA_KEY_WRAPS.fullName(),
                row.binding(),
                ControlKeyspace.DATA_KEYS.fullName()));
  }

  private void tell(String fault) {
    if (faults.isFirst(fault)) {
      logger.warn("{}; it is left alone", fault);
    }
  }

  /** What makes it none that a node wrote; null: nothing. */
  static @Nullable String fault(Row row) {
    String of =
        "the row of master '%s', namespace '%s', bits %s, version %s in %s"
            .formatted(
                row.getString("master"),
                row.getString("namespace"),
                row.getInt("bits"),
                row.getInt("version"),
                ControlKeyspace.DATA_KEYS.fullName());
    for (String column :
        List.of("key_id", "status", "check_value", "created_at", "active_from", "changed_at")) {
      if (!row.has(column)) {
        return of + " has no " + column + ", so no node wrote it: DELETE it";
      }
    }
    try {
      var unused = key(row).binding();
      return null;
    } catch (IllegalArgumentException e) {
      return of + " is no data key (" + e.getMessage() + "): DELETE it";
    }
  }

  private static DataKeyRow key(Row row) {
    return new DataKeyRow(
        line(row),
        row.getInt("version"),
        row.getUUID("key_id"),
        Integer.parseUnsignedInt(row.getString("check_value"), 16),
        DataKeyState.valueOf(row.getString("status")),
        row.getTimestamp("created_at").toInstant(),
        row.getTimestamp("active_from").toInstant(),
        row.getTimestamp("changed_at").toInstant());
  }

  /** Whether a row of wraps tells the key's line and version. */
  static boolean namesLine(Row row) {
    return row.has("master")
        && row.has("namespace")
        && row.has("version")
        && row.has("bits")
        && Set.of(128, 192, 256).contains(row.getInt("bits"));
  }

  static KeyLine line(Row row) {
    return new KeyLine(
        row.getString("master"), row.getString("namespace"), CipherSpec.aes(row.getInt("bits")));
  }

  static String hex(int checkValue) {
    return "%08x".formatted(checkValue);
  }
}
