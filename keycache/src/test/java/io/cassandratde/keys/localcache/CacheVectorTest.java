package io.cassandratde.keys.localcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.files.UnusableFileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The checked-in vectors of docs/FORMAT-LOCAL-CACHE.md, by this reader and by one in Python that
 * shares no line with it.
 */
class CacheVectorTest {

  private static final Path VECTORS = Path.of("src/test/resources/vectors/local-cache-v1.txt");

  private final SystemKeySeal seal;

  CacheVectorTest(@TempDir Path directory) throws IOException {
    Path keyFile = directory.resolve("system_key");
    Files.writeString(
        keyFile,
        "AES:256:" + Base64.getEncoder().encodeToString(CacheVectorGenerator.SYSTEM_KEY) + "\n");
    Files.setPosixFilePermissions(
        keyFile, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
    seal = new SystemKeySeal(keyFile, new Hkdf(), CacheFixture.PROVIDER);
  }

  static List<Map<String, String>> vectors() throws IOException {
    List<Map<String, String>> vectors = new ArrayList<>();
    Map<String, String> fields = new LinkedHashMap<>();
    for (String line : Files.readAllLines(VECTORS)) {
      if (line.isEmpty() && !fields.isEmpty()) {
        vectors.add(fields);
        fields = new LinkedHashMap<>();
      } else if (!line.startsWith("#")) {
        int colon = line.indexOf(": ");
        fields.put(line.substring(0, colon), line.substring(colon + 2));
      }
    }
    return vectors;
  }

  private static byte[] bytes(Map<String, String> vector, String name) {
    String hex = Objects.requireNonNull(vector.get(name));
    return HexFormat.of().parseHex(hex.equals("-") ? "" : hex);
  }

  /** Null: unusable. What CacheFiles compares with what was asked for is compared here. */
  private SystemKeySeal.@Nullable Opened open(Map<String, String> vector) {
    byte[] file = bytes(vector, "file");
    try {
      SystemKeySeal.Opened opened = seal.open(EntryFormat.parse(file), file);
      boolean ours =
          opened.entry().cluster().equals(vector.get("cluster"))
              && opened.entry().group().equals(vector.get("group"));
      return ours ? opened : null;
    } catch (UnusableFileException e) {
      return null;
    }
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void has_the_result_that_the_vector_states(Map<String, String> vector) {
    SystemKeySeal.Opened opened = open(vector);
    if (opened == null) {
      assertThat(vector).containsEntry("result", "UNUSABLE");
      return;
    }
    Entry entry = opened.entry();
    Entry.Sealing sealing = entry.sealing();
    assertThat(vector)
        .containsEntry("result", "OPENS")
        .containsEntry("kind", sealing == null ? "key" : "seals")
        .containsEntry("written", Long.toString(entry.written().toEpochMilli()))
        .containsEntry("key_id", entry.keyId())
        .containsEntry("check_value", "%08x".formatted(entry.checkValue()))
        .containsEntry("bits", Integer.toString(entry.bits()));
    if (sealing == null) {
      assertThat(opened.material()).isEqualTo(bytes(vector, "key"));
    } else {
      assertThat(vector)
          .containsEntry("namespace", sealing.namespace() == null ? "-" : sealing.namespace())
          .containsEntry("template", sealing.template() == null ? "-" : sealing.template());
    }
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void sealing_again_gives_the_same_bytes(Map<String, String> vector) throws Exception {
    if (!vector.containsKey("salt")) {
      return;
    }
    SystemKeySeal.Opened opened = Objects.requireNonNull(open(vector));
    assertThat(seal.seal(opened.entry(), opened.material(), bytes(vector, "salt")))
        .isEqualTo(bytes(vector, "file"));
  }

  @Test
  void an_independent_reader_agrees_on_every_vector() throws Exception {
    Process python =
        new ProcessBuilder(
                "/usr/bin/python3",
                Path.of("src/test/python/read_local_cache.py").toAbsolutePath().toString(),
                VECTORS.toAbsolutePath().toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(python.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(output)
        .as("needs the Debian package python3-cryptography")
        .isEqualToIgnoringNewLines(vectors().size() + " vectors as stated");
    assertThat(vectors()).hasSizeGreaterThan(30);
  }
}
