package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * Rows that make a compaction last: each is 64 KiB that nothing compresses, in a table {@code (id
 * int PRIMARY KEY, v blob)}.
 */
record Blobs(String table, Map<Integer, ByteBuffer> written) {

  static final String COLUMNS = "(id int PRIMARY KEY, v blob)";

  /** MiB/s: what {@link #ENOUGH} rows hold takes ten seconds. */
  static final int SLOW = 1;

  static final int UNLIMITED = 0;
  static final int ENOUGH = 160;

  private static final int SIZE = 64 * 1024;

  Blobs(String table) {
    this(table, new TreeMap<>());
  }

  /** Adds ids from the first free one on. */
  Blobs insert(CqlSession cql, int count) {
    PreparedStatement insert = cql.prepare("INSERT INTO " + table + " (id, v) VALUES (?, ?)");
    Random random = new Random(written.size());
    List<CompletableFuture<AsyncResultSet>> pending = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] value = new byte[SIZE];
      random.nextBytes(value);
      int id = written.size();
      pending.add(cql.executeAsync(insert.bind(id, ByteBuffer.wrap(value))).toCompletableFuture());
      written.put(id, ByteBuffer.wrap(value));
    }
    pending.forEach(CompletableFuture::join);
    return this;
  }

  /** Every row, as inserted, and no other. */
  void assertAllRead(CqlSession cql) {
    Map<Integer, ByteBuffer> read = new TreeMap<>();
    for (Row row : cql.execute("SELECT id, v FROM " + table)) {
      read.put(row.getInt("id"), row.getByteBuffer("v"));
    }
    assertThat(read.keySet()).as("rows of " + table).isEqualTo(written.keySet());
    assertThat(read.equals(written)).as("values of " + table).isTrue();
  }
}
