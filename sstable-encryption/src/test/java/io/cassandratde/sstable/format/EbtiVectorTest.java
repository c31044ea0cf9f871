package io.cassandratde.sstable.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.HeldKey;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyUse;
import io.cassandratde.keys.WrongKeyException;
import io.cassandratde.sstable.format.EbtiSealing.Extent;
import io.cassandratde.sstable.format.EbtiSealing.Row;
import io.cassandratde.sstable.format.EbtiSealing.Wrapping;
import io.cassandratde.sstable.format.carrier.Carrier;
import io.cassandratde.sstable.format.carrier.CorruptCarrierException;
import io.cassandratde.sstable.format.carrier.SSTableKeys;
import io.cassandratde.sstable.format.carrier.StatisticsPart;
import io.cassandratde.sstable.format.carrier.WrappedKey;
import io.cassandratde.sstable.format.data.DataCipher;
import io.cassandratde.sstable.format.page.CorruptPageException;
import io.cassandratde.sstable.format.page.DamageReport;
import io.cassandratde.sstable.format.page.PageChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The checked-in vectors of docs/FORMAT-EBTI.md, by this reader and by one that shares no line with
 * it. What Cassandra's own classes decide ({@code index}, and the class UNFIT of a chunk) is
 * StoredVectorTest's matter.
 */
class EbtiVectorTest {

  private static final byte[] NONE = {};

  @TempDir private Path directory = Path.of("set by JUnit");

  static List<Vector> vectors() throws IOException {
    return Vector.all(Vector.EBTI);
  }

  private static List<Vector> vectors(String kind) throws IOException {
    return vectors().stream().filter(v -> v.text("kind").equals(kind)).toList();
  }

  static List<Vector> carriers() throws IOException {
    return vectors("carrier");
  }

  static List<Vector> pages() throws IOException {
    return vectors("page");
  }

  static List<Vector> chunks() throws IOException {
    return vectors("chunk");
  }

  static List<Vector> parts() throws IOException {
    return vectors("part");
  }

  /** Opens what the vector holds. */
  private interface Opening {
    void open() throws IOException;
  }

  private static String result(Opening opening) throws IOException {
    try {
      opening.open();
      return "OPENS";
    } catch (CorruptCarrierException e) {
      return e.reason().name();
    } catch (CorruptPageException e) {
      return e.reason().name();
    } catch (CorruptChunkException e) {
      return e.reason().name();
    } catch (WrongKeyException e) {
      return "WRONG_KEY";
    } catch (KeyNotFoundException e) {
      return "KEY_NOT_FOUND";
    }
  }

  private static KeyFinder finder(Vector vector) {
    List<Wrapping> keys = Wrapping.parse(vector.text("keys"));
    KeyFinder finder =
        named ->
            keys.stream()
                .filter(key -> key.id().equals(named.keyId()))
                .map(key -> key(key, named.groupTag()))
                .findFirst()
                .orElseThrow(() -> new KeyNotFoundException(named + " is unknown"));
    return finder;
  }

  /** Of this group, whatever it is. */
  private static DataKey key(Wrapping key, int groupTag) {
    return key.key() instanceof HeldKey
        ? SoftKeeper.key(groupTag, key.material())
        : DataKey.of(groupTag, key.id(), key.material(), TestKeys.HKDF);
  }

  private static SSTableKeys open(Vector vector) throws IOException {
    return SSTableKeys.open(
        Carrier.parse(vector.bytes("carrier")), finder(vector), TestKeys.HKDF, TestKeys.corretto());
  }

  private static byte[] probe(DataKey key) {
    return key.derive(KeyUse.PAGE, NONE, NONE, 32);
  }

  @ParameterizedTest
  @MethodSource("carriers")
  void carrier_has_the_result_that_the_vector_states(Vector vector) throws IOException {
    assertThat(
            result(
                () -> {
                  SSTableKeys keys = open(vector);
                  for (WrappedKey row : keys.carrier().rows()) {
                    assertThat(keys.key(row.id()).bits()).isPositive();
                  }
                  assertThat(keys.uid().toString()).isEqualTo(vector.text("uid"));
                  assertThat(keys.carrier().encode()).isEqualTo(vector.bytes("carrier"));
                  List<Row> rows = Row.parse(vector.text("rows"));
                  assertThat(keys.carrier().rows()).hasSameSizeAs(rows);
                  assertThat(keys.carrier().isPlain()).isEqualTo(rows.isEmpty());
                  for (Row row : rows) {
                    DataKey key = keys.key(row.id());
                    assertThat(key.bits()).isEqualTo(row.dataKey().length * 8);
                    assertThat(probe(key))
                        .isEqualTo(probe(DataKey.of(0, "x", row.dataKey(), TestKeys.HKDF)));
                  }
                }))
        .isEqualTo(vector.text("result"));
  }

  @ParameterizedTest
  @MethodSource("pages")
  void page_file_has_the_result_that_the_vector_states(Vector vector) throws IOException {
    Path file = Files.write(directory.resolve("file"), vector.bytes("file"));
    String open = result(() -> open(vector, file).close());
    boolean atRead = "at read".equals(vector.fields().get("rejected"));
    assertThat(open).isEqualTo(atRead ? "OPENS" : vector.text("result"));
    assertThat(
            result(
                () -> {
                  try (PageChannel channel = open(vector, file)) {
                    ByteBuffer all = ByteBuffer.allocate((int) channel.size());
                    while (all.hasRemaining()) {
                      assertThat(channel.read(all, all.position())).isPositive();
                    }
                    assertThat(all.array()).isEqualTo(vector.bytes("plain"));
                  }
                }))
        .isEqualTo(vector.text("result"));
  }

  private static PageChannel open(Vector vector, Path file) throws IOException {
    try (SSTableKeys keys = open(vector)) {
      return EbtiSealing.pages(EbtiSealing.scripted())
          .read(file, vector.text("component"), keys, DamageReport.AS_IT_IS);
    }
  }

  @ParameterizedTest
  @MethodSource("chunks")
  void chunk_has_the_result_that_the_vector_states(Vector vector) throws IOException {
    byte[] chunk = vector.bytes("chunk");
    byte[] payload = new byte[chunk.length];
    String result =
        result(
            () -> {
              SSTableKeys keys = open(vector);
              try (DataCipher cipher =
                  DataCipher.of(
                      keys,
                      vector.number("data_key_id"),
                      vector.bytes("salt"),
                      EbtiSealing.ciphers())) {
                int length = cipher.open(vector.number("place"), chunk, chunk.length, payload);
                InnerCompression inner = DataCipher.inner(chunk);
                if (vector.isAccepted()) {
                  assertThat(Arrays.copyOf(payload, length)).isEqualTo(vector.bytes("payload"));
                  assertThat(inner.name()).isEqualTo(vector.text("inner"));
                  assertThat(DataCipher.ordinal(chunk)).isEqualTo(vector.number("ordinal"));
                }
              }
            });
    boolean unfit = vector.text("result").equals("UNFIT");
    assertThat(result).isEqualTo(unfit ? "OPENS" : vector.text("result"));
  }

  @ParameterizedTest
  @MethodSource("parts")
  void part_has_the_result_that_the_vector_states(Vector vector) throws IOException {
    byte[] sealed = vector.bytes("sealed");
    assertThat(
            result(
                () -> {
                  StatisticsPart part = StatisticsPart.parse(sealed);
                  if (!part.uid().equals(Carrier.parse(vector.bytes("carrier")).uid())) {
                    throw new CorruptChunkException(
                        CorruptChunkException.Reason.NOT_AUTHENTIC, "of another SSTable");
                  }
                  StatisticsPart.Opened opened =
                      part.open(
                          vector.text("name"), finder(vector), TestKeys.HKDF, TestKeys.corretto());
                  assertThat(opened.plain()).isEqualTo(vector.bytes("plain"));
                  assertThat(KeySpecCodec.encode(opened.spec())).isEqualTo(vector.bytes("spec"));
                }))
        .isEqualTo(vector.text("result"));
  }

  /** Too long to be checked in. */
  @Test
  void a_carrier_has_at_most_1024_rows() throws IOException {
    byte[][] rows = new byte[1025][];
    for (int id = 0; id < rows.length; id++) {
      Row row = EbtiVectorGenerator.FIRST;
      rows[id] =
          EbtiByHand.row(
              EbtiVectorGenerator.UID,
              id,
              0,
              EbtiVectorGenerator.MAIN.key(),
              row.salt(),
              row.dataKey());
    }
    byte[] most = EbtiByHand.carrier(EbtiVectorGenerator.UID, Arrays.copyOf(rows, 1024));
    assertThat(Carrier.parse(most).rows()).hasSize(1024);
    byte[] more = EbtiByHand.carrier(EbtiVectorGenerator.UID, rows);
    assertThat(result(() -> Carrier.parse(more).encode())).isEqualTo("MALFORMED");
  }

  static List<Vector> sealed() throws IOException {
    return vectors().stream()
        .filter(v -> v.isAccepted() && !v.fields().containsKey("made"))
        .filter(v -> !v.text("kind").equals("index") && !v.text("vector").equals("carrier-plain"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("sealed")
  void sealing_again_gives_the_same_bytes(Vector vector) throws IOException {
    switch (vector.text("kind")) {
      case "carrier" ->
          assertThat(
                  EbtiSealing.sstable(
                          vector.bytes("uid"),
                          Row.parse(vector.text("rows")),
                          Wrapping.parse(vector.text("keys")))
                      .carrier()
                      .encode())
              .isEqualTo(vector.bytes("carrier"));
      case "page" ->
          assertThat(
                  EbtiSealing.pages(
                      open(vector),
                      vector.text("component"),
                      Extent.parse(vector.text("extents")),
                      vector.text("writes"),
                      vector.bytes("plain")))
              .isEqualTo(vector.bytes("file"));
      case "chunk" ->
          assertThat(
                  EbtiSealing.chunk(
                      open(vector),
                      vector.number("data_key_id"),
                      vector.bytes("salt"),
                      vector.number("ordinal"),
                      vector.number("counter"),
                      InnerCompression.valueOf(vector.text("inner")),
                      vector.bytes("payload")))
              .isEqualTo(vector.bytes("chunk"));
      case "part" ->
          assertThat(
                  EbtiSealing.part(
                      Carrier.parse(vector.bytes("carrier")).uid(),
                      vector.text("name"),
                      Row.parse(vector.text("row")).get(0),
                      Wrapping.parse(vector.text("keys")),
                      vector.bytes("salt"),
                      vector.bytes("spec"),
                      vector.bytes("plain")))
              .isEqualTo(vector.bytes("sealed"));
      default -> throw new AssertionError(vector.text("kind"));
    }
  }

  /** A file of vectors that lost half of itself would pass all else. */
  @Test
  void every_kind_is_there_with_vectors_that_open_and_vectors_of_each_rejection()
      throws IOException {
    for (String kind : List.of("carrier", "page", "chunk", "index", "part")) {
      assertThat(vectors(kind).stream().map(v -> v.text("result")).distinct())
          .contains("OPENS", "MALFORMED", "NOT_AUTHENTIC");
    }
    assertThat(vectors().stream().map(v -> v.text("result")))
        .contains("UNFIT", "WRONG_KEY", "KEY_NOT_FOUND");
    assertThat(vectors().stream().map(Vector::toString)).doesNotHaveDuplicates();
    assertThat(sealed()).hasSizeGreaterThan(20);
  }

  /** In Python, written from docs/FORMAT-EBTI.md alone, with another AES and another HKDF. */
  @Test
  void an_independent_reader_agrees_on_every_vector() throws Exception {
    Path vectors = Path.of("src/test/resources" + Vector.EBTI).toAbsolutePath();
    assertThat(PythonReader.runProgram("read_ebti.py", vectors.toString()))
        .asString(StandardCharsets.UTF_8)
        .isEqualToIgnoringNewLines(vectors().size() + " vectors as stated");
  }
}
