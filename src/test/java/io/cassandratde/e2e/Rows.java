package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * Known rows for a table {@code (id int PRIMARY KEY, secret text)}. Each secret is 24 characters,
 * or many more, of an alphabet of 62: found in a plain file even after LZ4, which finds no
 * repetition inside.
 */
final class Rows {

  static final String COLUMNS = "(id int PRIMARY KEY, secret text)";
  private static final int SHORT = 24;
  private static final String ALPHABET =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

  private final String table;
  private final int length;
  private final Map<Integer, String> expected;

  Rows(String table) {
    this(table, SHORT, new TreeMap<>());
  }

  private Rows(String table, int length, Map<Integer, String> expected) {
    this.table = table;
    this.length = length;
    this.expected = expected;
  }

  /** Whose secrets have this length: for files of some size. */
  static Rows ofLength(String table, int length) {
    return new Rows(table, length, new TreeMap<>());
  }

  /** The rows as they are now, in another table. */
  Rows copiedTo(String otherTable) {
    return new Rows(otherTable, length, new TreeMap<>(expected));
  }

  /** Of the table, without its keyspace. */
  String name() {
    return table.substring(table.indexOf('.') + 1);
  }

  String keyspace() {
    return table.substring(0, table.indexOf('.'));
  }

  /** Adds ids from the first free one on. */
  Rows insert(CqlSession cql, int count) {
    int from = expected.size();
    PreparedStatement insert = cql.prepare("INSERT INTO " + table + " (id, secret) VALUES (?, ?)");
    List<CompletableFuture<AsyncResultSet>> pending = new ArrayList<>();
    for (int id = from; id < from + count; id++) {
      String secret = secretOf(id);
      pending.add(cql.executeAsync(insert.bind(id, secret)).toCompletableFuture());
      expected.put(id, secret);
    }
    pending.forEach(CompletableFuture::join);
    return this;
  }

  /** For rows that an earlier instance has inserted. */
  Rows expect(int count) {
    for (int id = 0; id < count; id++) {
      expected.put(id, secretOf(id));
    }
    return this;
  }

  /** Every row, as inserted, and no other. */
  void assertAllRead(CqlSession cql) {
    Map<Integer, String> read = new TreeMap<>();
    for (Row row : cql.execute("SELECT id, secret FROM " + table)) {
      read.put(row.getInt("id"), String.valueOf(row.getString("secret")));
    }
    assertThat(read).as("rows of " + table).isEqualTo(expected);
  }

  /**
   * The middle of each secret, for searching raw files: LZ4 may take its first or last letters for
   * a repetition together with the bytes around them.
   */
  List<String> secrets() {
    return expected.values().stream().map(secret -> secret.substring(4, 20)).toList();
  }

  String secretOf(int id) {
    StringBuilder text = new StringBuilder(length);
    String seed = table + "/" + id;
    while (text.length() < length) {
      byte[] random = sha256(text.isEmpty() ? seed : seed + "/" + text.length());
      for (int i = 0; i < SHORT && text.length() < length; i++) {
        text.append(ALPHABET.charAt(Byte.toUnsignedInt(random[i]) % ALPHABET.length()));
      }
    }
    return text.toString();
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
