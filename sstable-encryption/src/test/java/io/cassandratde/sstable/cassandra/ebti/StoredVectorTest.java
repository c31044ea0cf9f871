package io.cassandratde.sstable.cassandra.ebti;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyProvider;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.cache.KeyCache;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.runtime.TdeRuntime;
import io.cassandratde.sstable.cassandra.OfflineTable;
import io.cassandratde.sstable.format.CorruptChunkException;
import io.cassandratde.sstable.format.InnerCompression;
import io.cassandratde.sstable.format.Salts;
import io.cassandratde.sstable.format.TestKeys;
import io.cassandratde.sstable.format.Vector;
import io.cassandratde.sstable.format.carrier.Carrier;
import io.cassandratde.sstable.format.carrier.SSTableKeys;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.cassandra.io.compress.EncryptedSSTableCompressor;
import org.apache.cassandra.io.sstable.Descriptor;
import org.apache.cassandra.io.util.File;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The vectors of docs/FORMAT-EBTI.md by the classes that Cassandra calls. */
class StoredVectorTest {

  private static final String NAME = "da-1-ebti-";

  @TempDir private Path root = Path.of("set by JUnit");

  private @Nullable TdeRuntime runtime;

  /** The keys of the vector, and no other. */
  private record VectorKeys(Vector vector) implements KeyProvider {
    @Override
    public void check(KeySpec spec) {}

    @Override
    public SealingKey current(KeySpec spec, @Nullable KeyReference last) {
      throw new KeyNotFoundException("nothing is sealed here");
    }

    @Override
    public DataKey byId(KeySpec hint, KeyReference reference) {
      for (String key : List.of(vector.text("keys").split(" "))) {
        if (key.startsWith(reference.keyId() + '=')) {
          return DataKey.of(
              reference.groupTag(),
              reference.keyId(),
              HexFormat.of().parseHex(key.substring(reference.keyId().length() + 1)),
              TestKeys.HKDF);
        }
      }
      throw new KeyNotFoundException(reference + " is unknown");
    }

    @Override
    public void close() {}
  }

  @BeforeEach
  void initialize() {
    OfflineTable.initialize();
  }

  private void install(Vector vector) throws IOException {
    TdeConfig config = TdeConfig.load(Files.writeString(root.resolve("tde.yaml"), "{}\n"));
    runtime =
        new TdeRuntime(
            config, KeyCache.builder(new VectorKeys(vector)).build(), TestKeys.corretto());
    TdeRuntime.install(runtime);
  }

  @AfterEach
  void close() {
    TdeRuntime.install(null);
    if (runtime != null) {
      runtime.close();
    }
  }

  static List<Vector> indexes() throws IOException {
    return of("index");
  }

  static List<Vector> chunks() throws IOException {
    return of("chunk").stream()
        .filter(vector -> !vector.text("vector").contains("of-another-place"))
        .toList();
  }

  private static List<Vector> of(String kind) throws IOException {
    return Vector.all(Vector.EBTI).stream().filter(v -> v.text("kind").equals(kind)).toList();
  }

  @ParameterizedTest
  @MethodSource("indexes")
  void compression_info_has_the_result_that_the_vector_states(Vector vector) throws IOException {
    install(vector);
    Path directory = Files.createDirectories(root.resolve("keyspace").resolve("table"));
    Files.write(directory.resolve(NAME + "Encryption.db"), vector.bytes("carrier"));
    Files.write(directory.resolve(NAME + "CompressionInfo.db"), vector.bytes("file"));
    Files.write(directory.resolve(NAME + "Data.db"), new byte[10_000]);
    EncryptedDescriptor descriptor =
        EncryptedDescriptor.of(
            Descriptor.fromFile(new File(directory.resolve(NAME + "Data.db"))), null);
    if (!vector.isAccepted()) {
      assertThatThrownBy(() -> BoundMetadata.load(descriptor).close())
          .isInstanceOf(IOException.class);
      return;
    }
    try (BoundMetadata loaded = BoundMetadata.load(descriptor)) {
      assertThat(loaded.dataLength).isEqualTo(Long.parseLong(vector.text("data_length")));
      assertThat(loaded.chunkLength()).isEqualTo(vector.number("chunk_length"));
      List<String> offsets = List.of(vector.text("offsets").split(" "));
      for (int i = 0; i < offsets.size(); i++) {
        assertThat(loaded.chunkFor(i * (long) loaded.chunkLength()).offset)
            .isEqualTo(Long.parseLong(offsets.get(i)));
      }
      Map<String, String> options = loaded.parameters.getOtherOptions();
      assertThat(options)
          .containsEntry("salt", vector.text("salt"))
          .containsEntry("data_key", vector.text("data_key_id"))
          .containsEntry("inner", vector.text("inner"))
          .containsEntry("carrier", carrier(vector));
    }
  }

  /** With the row that Data.db needs. */
  private static String carrier(Vector vector) throws IOException {
    byte[] needed =
        Carrier.parse(vector.bytes("carrier")).only(vector.number("data_key_id")).encode();
    return HexFormat.of().formatHex(needed);
  }

  /** A stream's header holds texts of 65,535 bytes at most. */
  @Test
  void the_largest_carrier_fits_into_the_header_of_a_stream() throws IOException {
    Salts salts = Salts.ofOperatingSystem();
    DataKey key = TestKeys.key("k".repeat(KeyReference.MAX_ID_BYTES), 256, 1);
    SSTableKeys keys = SSTableKeys.create(() -> key, salts, TestKeys.HKDF, TestKeys.sunJce());
    while (keys.carrier().rows().size() < Carrier.MAX_ROWS) {
      keys = keys.withAdded(() -> key, salts, TestKeys.HKDF, TestKeys.sunJce());
    }
    SSTableKeys full = keys;
    assertThat(full.carrier().encode()).hasSizeLessThanOrEqualTo(Carrier.MAX_BYTES);
    assertThatThrownBy(() -> full.withAdded(() -> key, salts, TestKeys.HKDF, TestKeys.sunJce()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("upgradesstables");
    Map<String, String> stored =
        DataFileOptions.of(new byte[16], SSTableKeys.FIRST, InnerCompression.LZ4).toStored();
    DataOutputStream header = new DataOutputStream(OutputStream.nullOutputStream());
    for (String value : DataFileOptions.withCarrier(stored, full.carrier()).values()) {
      header.writeUTF(value);
    }
    assertThat(header.size()).isPositive();
  }

  /** As of a stream: without a place to ask for. */
  @ParameterizedTest
  @MethodSource("chunks")
  void chunk_opens_to_its_plaintext_or_is_rejected_as_the_vector_states(Vector vector)
      throws IOException {
    install(vector);
    Map<String, String> options = new HashMap<>();
    options.put("salt", vector.text("salt"));
    options.put("data_key", vector.text("data_key_id"));
    options.put("inner", vector.text("own"));
    options.put("carrier", vector.text("carrier"));
    EncryptedSSTableCompressor compressor = EncryptedSSTableCompressor.create(options);
    ByteBuffer out = ByteBuffer.allocate(vector.number("chunk_length"));
    String result = "OPENS";
    try {
      compressor.uncompress(ByteBuffer.wrap(vector.bytes("chunk")), out);
      assertThat(Arrays.copyOf(out.array(), out.position())).isEqualTo(vector.bytes("plaintext"));
    } catch (CorruptChunkException e) {
      result = e.reason().name();
    } catch (io.cassandratde.sstable.format.carrier.CorruptCarrierException e) {
      result = e.reason().name();
    }
    assertThat(result).isEqualTo(vector.text("result"));
  }
}
