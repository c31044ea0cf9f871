package io.cassandratde.e2e.canary;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.cassandratde.e2e.node.CassandraNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A value of its own in every place where Cassandra has one, in the keyspaces of one node. */
public final class CanaryData {

  /** What every keyspace name begins with. */
  public static final String KEYSPACE = "canary";

  /** Whose second replica is a node that is down. */
  public static final String HINTED = "canary_hinted";

  /** Compressions, each with a table of its own. */
  private static final List<String> COMPRESSIONS = List.of("LZ4", "Zstd", "Snappy", "Deflate");

  /** More rows than one block of a partition's index takes. */
  private static final int WIDE_ROWS = 300;

  private static final String FILLER = "filler of a row in a wide partition, ".repeat(6);

  private final Markers markers;
  private final CassandraNode node;

  /** The last key of each table of two columns. */
  private final Map<String, String> keys = new HashMap<>();

  private final String pk;
  private final String ck;
  private final String saiText;
  private final String wide;

  public CanaryData(Markers markers, CassandraNode node) {
    this.markers = markers;
    this.node = node;
    pk = markers.text("partition key");
    ck = markers.text("clustering value");
    saiText = markers.cyrillic("SAI text");
    wide = markers.text("wide partition");
  }

  private CqlSession cql() {
    return node.cql();
  }

  private void run(String statement) {
    cql().execute(SimpleStatement.newInstance(statement));
  }

  private static String quoted(String text) {
    return "'" + text + "'";
  }

  private String text(String place) {
    return quoted(markers.text(place));
  }

  /** Keyspaces, tables, indexes, a view. */
  public void createSchema() {
    keepBatches();
    for (String keyspace : List.of(KEYSPACE, HINTED)) {
      run(
          "CREATE KEYSPACE %s WITH replication = {'class': 'SimpleStrategy', 'replication_factor': %d}"
              .formatted(keyspace, keyspace.equals(HINTED) ? 2 : 1));
    }
    run("CREATE TYPE canary.address (street text, code bigint)");
    run(
        "CREATE TABLE canary.wide (pk text, ck text, st text static, v text, num bigint, id uuid,"
            + " raw blob, li list<text>, se set<text>, ma map<text, text>, fu frozen<address>,"
            + " ud address, tu tuple<text, bigint>, vec vector<float, 3>, sai text, ana text,"
            + " sain bigint, leg text, sas text, PRIMARY KEY (pk, ck))");
    run("CREATE INDEX ON canary.wide (sai) USING 'sai'");
    run(
        "CREATE INDEX ON canary.wide (ana) USING 'sai' WITH OPTIONS = {'case_sensitive': 'false',"
            + " 'normalize': 'true', 'ascii': 'true'}");
    run("CREATE INDEX ON canary.wide (sain) USING 'sai'");
    run("CREATE INDEX ON canary.wide (vec) USING 'sai'");
    run("CREATE INDEX ON canary.wide (leg)");
    run(
        "CREATE CUSTOM INDEX ON canary.wide (sas) USING 'org.apache.cassandra.index.sasi.SASIIndex'");
    run("CREATE TABLE canary.base (pk text PRIMARY KEY, v text)");
    run(
        "CREATE MATERIALIZED VIEW canary.seen AS SELECT * FROM canary.base WHERE pk IS NOT NULL AND"
            + " v IS NOT NULL PRIMARY KEY (v, pk)");
    run("CREATE TABLE canary.counters (pk text PRIMARY KEY, c counter)");
    run("CREATE TABLE canary.lwt (pk text PRIMARY KEY, v text)");
    run("CREATE TABLE canary.captured (pk text PRIMARY KEY, v text) WITH cdc = true");
    run("CREATE TABLE canary.gone (pk text, ck text, v text, PRIMARY KEY (pk, ck))");
    run(
        "CREATE TABLE canary.cached (pk text PRIMARY KEY, v text) WITH caching = {'keys': 'ALL',"
            + " 'rows_per_partition': 'ALL'}");
    run("CREATE TABLE canary.more (pk text PRIMARY KEY, v text)");
    run(
        "CREATE TABLE canary.raw (pk text PRIMARY KEY, v text) WITH compression = {'enabled': 'false'}");
    for (String compression : COMPRESSIONS) {
      run(
          "CREATE TABLE canary.%s (pk text PRIMARY KEY, v text) WITH compression = {'class': '%sCompressor'}"
              .formatted(compression.toLowerCase(Locale.ROOT), compression));
    }
    run("CREATE TABLE canary_hinted.t (pk text PRIMARY KEY, v text)");
  }

  /**
   * Until the node's next start. A compaction would drop the batches that are done before anybody
   * looks for them.
   */
  public void keepBatches() {
    node.nodetool("disableautocompaction", "system", "batches").orFail();
  }

  /** All but hints. */
  public void write() {
    writeWide();
    writeRest();
    useSystemTables();
  }

  /** The table with all types and indexes; each call writes the same again. */
  public void writeWide() {
    run(
        "INSERT INTO canary.wide (pk, ck, st, v, num, id, raw, li, se, ma, fu, ud, tu, vec, sai, ana,"
            + " sain, leg, sas) VALUES ("
            + String.join(
                ", ",
                quoted(pk),
                quoted(ck),
                text("static cell"),
                quoted(markers.cyrillic("regular cell")),
                String.valueOf(markers.number("number")),
                String.valueOf(markers.uuid("uuid")),
                markers.blob("blob"),
                "[" + text("list") + "]",
                "{" + text("set") + "}",
                "{" + text("map key") + ": " + text("map value") + "}",
                "{street: " + text("frozen UDT") + ", code: " + markers.number("UDT number") + "}",
                "{street: " + text("UDT") + ", code: 1}",
                "(" + text("tuple") + ", " + markers.number("tuple number") + ")",
                String.valueOf(markers.vector("vector")),
                quoted(saiText),
                text("SAI analyzed"),
                String.valueOf(markers.number("SAI number")),
                text("legacy index"),
                text("SASI"))
            + ")");
    String prefix = markers.text("clustering of a wide partition");
    for (int row = 0; row < WIDE_ROWS; row++) {
      cql()
          .execute(
              "INSERT INTO canary.wide (pk, ck, v) VALUES (?, ?, ?)",
              wide,
              prefix + row,
              FILLER + row);
    }
  }

  private void writeRest() {
    run(insert("canary.base", "view"));
    run(
        "UPDATE canary.counters SET c = c + %d WHERE pk = %s"
            .formatted(markers.number("counter"), text("counter key")));
    run(insert("canary.lwt", "LWT") + " IF NOT EXISTS");
    run(insert("canary.captured", "CDC"));
    run(insert("canary.more", "TTL") + " USING TTL 864000");
    run(insert("canary.cached", "cached"));
    run(insert("canary.raw", "uncompressed"));
    for (String compression : COMPRESSIONS) {
      run(insert("canary." + compression.toLowerCase(Locale.ROOT), compression));
    }
    run("DELETE FROM canary.gone WHERE pk = " + text("partition tombstone"));
    run(
        "DELETE FROM canary.gone WHERE pk = %s AND ck = %s"
            .formatted(text("row tombstone key"), text("row tombstone")));
    run(
        "DELETE FROM canary.gone WHERE pk = %s AND ck > %s AND ck < %s"
            .formatted(
                text("range tombstone key"),
                quoted("a" + markers.text("range tombstone start")),
                quoted("z" + markers.text("range tombstone end"))));
    run(
        "BEGIN BATCH %s; %s; APPLY BATCH"
            .formatted(insert("canary.more", "batch"), insert("canary.raw", "batch")));
  }

  private String insert(String table, String place) {
    String key = markers.text(place + " key");
    keys.put(table, key);
    return "INSERT INTO %s (pk, v) VALUES (%s, %s)"
        .formatted(table, quoted(key), text(place + " value"));
  }

  private void useSystemTables() {
    run("ALTER TABLE canary.more WITH comment = " + text("comment of a table"));
    cql().prepare("SELECT v FROM canary.more WHERE pk = " + text("prepared statement"));
    cql()
        .execute(
            SimpleStatement.newInstance(
                    "SELECT v FROM canary.more WHERE pk = " + text("traced statement"))
                .setTracing(true));
    writeBatches();
    for (int i = 0; i < 2; i++) {
      assertThat(cql().execute("SELECT v FROM canary.cached").all()).isNotEmpty();
      for (var row : cql().execute("SELECT pk FROM canary.cached").all()) {
        assertThat(
                cql().execute("SELECT v FROM canary.cached WHERE pk = ?", row.getString(0)).all())
            .hasSize(1);
      }
    }
    node.jmx().run("org.apache.cassandra.db:type=Caches", "saveCaches");
  }

  /** The batch log keeps a batch until its writes are done, so it is flushed in their midst. */
  private void writeBatches() {
    String value = text("batch log");
    String batch =
        IntStream.range(0, 20)
            .mapToObj(
                i -> "INSERT INTO canary.more (pk, v) VALUES ('b%d', %s);".formatted(i, value))
            .collect(Collectors.joining(" ", "BEGIN BATCH ", " APPLY BATCH"));
    AtomicBoolean enough = new AtomicBoolean();
    List<CompletableFuture<?>> streams = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      streams.add(repeat(batch, enough));
    }
    for (int round = 0; round < 3; round++) {
      node.jmx().flush("system", "batches");
    }
    enough.set(true);
    streams.forEach(CompletableFuture::join);
  }

  private CompletableFuture<?> repeat(String batch, AtomicBoolean enough) {
    return cql()
        .executeAsync(batch)
        .toCompletableFuture()
        .thenCompose(
            done -> enough.get() ? CompletableFuture.completedFuture(null) : repeat(batch, enough));
  }

  /** Rows that are in the commit log alone when the node is killed. */
  public void writeUnflushed() {
    run(insert("canary.more", "replayed"));
  }

  /**
   * Another node, which owns one token and is down; the node believes in it from its next start.
   */
  public void pretendPeer() {
    Set<String> tokens =
        cql().execute("SELECT tokens FROM system.local").one().getSet(0, String.class);
    long next = Long.parseLong(tokens.iterator().next()) + 1;
    run(
        "INSERT INTO system.peers_v2 (peer, peer_port, data_center, rack, host_id, release_version,"
            + " tokens) VALUES ('127.255.255.254', 7000, 'datacenter1', 'rack1', %s, '5.0.9', {'%d'})"
                .formatted(UUID.randomUUID(), next));
  }

  /** From the node's next start. */
  public void forgetPeer() {
    run("DELETE FROM system.peers_v2 WHERE peer = '127.255.255.254'");
  }

  /** For the node that is down. */
  public void writeHints() {
    run(insert("canary_hinted.t", "hint"));
  }

  /**
   * That what was searched for is there, and served. One partition each, since the node that is
   * down has a part of every wider read.
   */
  public void assertRead() {
    assertThat(count("canary.wide WHERE pk = ? AND sai = ?", pk, saiText)).isEqualTo(1);
    assertThat(count("canary.wide WHERE pk = ? AND ck = ?", pk, ck)).isEqualTo(1);
    assertThat(count("canary.wide WHERE pk = ?", wide)).isEqualTo(WIDE_ROWS);
    keys.forEach(
        (table, key) -> assertThat(count(table + " WHERE pk = ?", key)).as(table).isEqualTo(1));
  }

  private int count(String query, Object... values) {
    return cql().execute("SELECT pk FROM " + query, values).all().size();
  }
}
