package io.cassandratde.sstable.cassandra.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.cassandra.cql3.UntypedResultSet.Row;
import org.apache.cassandra.db.marshal.Int32Type;
import org.apache.cassandra.db.marshal.UTF8Type;
import org.apache.cassandra.db.marshal.UUIDType;
import org.apache.cassandra.utils.ByteBufferUtil;
import org.junit.jupiter.api.Test;

/** Rows that others than nodes may have written: whoever has MODIFY on the keyspace. */
class PublicationsTest {

  private static final UUID HOST = new UUID(0, 1);

  private static Map<String, ByteBuffer> proposal() {
    Map<String, ByteBuffer> row = new HashMap<>();
    row.put("spec", UTF8Type.instance.decompose("kmip dev AES/256"));
    row.put("key_group", UTF8Type.instance.decompose("dev"));
    row.put("bits", Int32Type.instance.decompose(256));
    row.put("key_id", UTF8Type.instance.decompose("k1"));
    row.put("proposed_by", UUIDType.instance.decompose(HOST));
    row.put("proposed_at", ByteBufferUtil.bytes(0L));
    return row;
  }

  @Test
  void a_proposal_that_no_node_wrote_is_told_and_not_read() {
    assertThat(Publications.fault(new Row(proposal()))).isNull();
    for (String column : List.of("key_group", "bits", "key_id", "proposed_by", "proposed_at")) {
      Map<String, ByteBuffer> without = proposal();
      without.remove(column);
      assertThat(Publications.fault(new Row(without)))
          .contains("kmip dev AES/256", "has no " + column, "DELETE");
    }
    Map<String, ByteBuffer> odd = proposal();
    odd.put("bits", Int32Type.instance.decompose(7));
    assertThat(Publications.fault(new Row(odd))).contains("names no key spec", "DELETE");
  }

  @Test
  void a_report_that_says_nothing_is_none() {
    Row empty = new Row(Map.of("host_id", UUIDType.instance.decompose(HOST)));
    KeyReport report = Publications.report(empty);
    assertThat(report.isDone()).isFalse();
    assertThat(report.toString()).isEmpty();
  }
}
