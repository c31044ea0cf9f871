package io.cassandratde.sstable.cassandra.hierarchy;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.master.KeyBinding;
import io.cassandratde.keys.master.WrappedKey;
import io.cassandratde.keys.replicated.DataKeyRow;
import io.cassandratde.keys.replicated.DataKeyState;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.cassandra.cql3.UntypedResultSet.Row;
import org.apache.cassandra.db.marshal.Int32Type;
import org.apache.cassandra.db.marshal.TimeUUIDType;
import org.apache.cassandra.db.marshal.UTF8Type;
import org.apache.cassandra.db.marshal.UUIDType;
import org.apache.cassandra.utils.ByteBufferUtil;
import org.apache.cassandra.utils.TimeUUID;
import org.junit.jupiter.api.Test;

/** Rows that others than nodes may have written: whoever has MODIFY on the keyspace. */
class DataKeyRowsTest {

  private static final UUID KEY = new UUID(1, 2);

  private static Map<String, ByteBuffer> key() {
    Map<String, ByteBuffer> row = new HashMap<>();
    row.put("master", UTF8Type.instance.decompose("system_key"));
    row.put("namespace", UTF8Type.instance.decompose(""));
    row.put("bits", Int32Type.instance.decompose(256));
    row.put("version", Int32Type.instance.decompose(3));
    row.put("key_id", UUIDType.instance.decompose(KEY));
    row.put("status", UTF8Type.instance.decompose("ACTIVE"));
    row.put("check_value", UTF8Type.instance.decompose("f0badcaf"));
    for (String time : List.of("created_at", "active_from", "changed_at")) {
      row.put(time, ByteBufferUtil.bytes(1000L));
    }
    return row;
  }

  private static Map<String, ByteBuffer> with(String column, ByteBuffer value) {
    Map<String, ByteBuffer> row = key();
    row.put(column, value);
    return row;
  }

  @Test
  void a_key_is_read_as_it_was_written() {
    DataKeyRow read = new DataKeyRows().keys(List.of(new Row(key()))).get(0);
    assertThat(read.line().toString()).contains("system_key", "256");
    assertThat(read.version()).isEqualTo(3);
    assertThat(read.keyId()).isEqualTo(KEY);
    assertThat(read.state()).isEqualTo(DataKeyState.ACTIVE);
    assertThat(DataKeyRows.hex(read.checkValue())).as("above 2^31").isEqualTo("f0badcaf");
    assertThat(DataKeyRows.hex(0x1f)).isEqualTo("0000001f");
    assertThat(read.changedAt()).isEqualTo(Instant.ofEpochSecond(1));
  }

  @Test
  void rows_that_no_node_wrote_are_told_and_those_beside_them_are_read() {
    for (String column :
        List.of("key_id", "status", "check_value", "created_at", "active_from", "changed_at")) {
      Map<String, ByteBuffer> without = key();
      without.remove(column);
      assertThat(DataKeyRows.fault(new Row(without)))
          .contains("master 'system_key'", "version 3", "has no " + column, "DELETE");
    }
    for (Map<String, ByteBuffer> odd :
        List.of(
            with("bits", Int32Type.instance.decompose(7)),
            with("version", Int32Type.instance.decompose(0)),
            with("version", Int32Type.instance.decompose(KeyBinding.MAX_VERSION + 1)),
            with("version", Int32Type.instance.decompose(Integer.MAX_VALUE)),
            with("status", UTF8Type.instance.decompose("LOST")),
            with("check_value", UTF8Type.instance.decompose("many")))) {
      assertThat(DataKeyRows.fault(new Row(odd))).contains("is no data key", "DELETE");
      assertThat(new DataKeyRows().keys(List.of(new Row(odd), new Row(key())))).hasSize(1);
    }
  }

  @Test
  void a_wrap_names_its_line_or_none() {
    assertThat(DataKeyRows.namesLine(new Row(key()))).isTrue();
    assertThat(DataKeyRows.namesLine(new Row(with("bits", Int32Type.instance.decompose(7)))))
        .isFalse();
    Map<String, ByteBuffer> without = key();
    without.remove("namespace");
    assertThat(DataKeyRows.namesLine(new Row(without))).isFalse();
  }

  @Test
  void a_wrap_that_is_damaged_does_not_hide_the_others() {
    KeyReference master = new KeyReference(1, "m1", 2);
    byte[] wrapped =
        WrappedKey.of(WrappedKey.Method.HKDF, master, new byte[16], new byte[32 + 16]).bytes();
    List<Row> rows = List.of(wrap(3_000, new byte[] {1, 2}), wrap(2_000, wrapped));

    var wraps = new DataKeyRows().wraps(rows);

    assertThat(wraps).hasSize(1);
    assertThat(wraps.get(0).wrappedAt()).isEqualTo(Instant.ofEpochSecond(2));
    assertThat(wraps.get(0).wrapped().masterKey()).isEqualTo(master);
  }

  private static Row wrap(long millis, byte[] wrapped) {
    return new Row(
        Map.of(
            "key_id",
            UUIDType.instance.decompose(KEY),
            "wrapped_at",
            TimeUUIDType.instance.decompose(TimeUUID.Generator.atUnixMillis(millis)),
            "wrapped",
            ByteBuffer.wrap(wrapped)));
  }
}
