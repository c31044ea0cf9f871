package io.cassandratde.sstable.format.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.sstable.format.ChunkHeader;
import io.cassandratde.sstable.format.ChunkOpener;
import io.cassandratde.sstable.format.InnerCompression;
import io.cassandratde.sstable.format.SubkeyCache;
import io.cassandratde.sstable.format.TestKeys;
import io.cassandratde.sstable.format.Vector;
import io.cassandratde.sstable.format.log.LogFileReport.Protection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** vectors/logs-v1.txt, by the reader of structure and by the opener of blocks. */
class LogVectorTest {

  private final Path directory;

  LogVectorTest(@TempDir Path directory) {
    this.directory = directory;
  }

  static List<Vector> all() throws IOException {
    return Vector.all("/vectors/logs-v1.txt");
  }

  @Test
  void there_are_vectors_of_every_result() throws IOException {
    assertThat(all().stream().map(vector -> vector.text("result")))
        .contains("COMPLETE", "IN PART", "UNREADABLE");
  }

  @ParameterizedTest
  @MethodSource("all")
  void holds(Vector vector) throws IOException {
    LogFileReport report =
        LogFileScanner.scan(
            Files.write(directory.resolve(vector.text("name")), vector.bytes("file")));
    TestKeys keys = new TestKeys();
    for (String pair : vector.text("keys").split(" ", -1)) {
      int equals = pair.lastIndexOf('=');
      keys.add(
          LogVectorGenerator.key(
              pair.substring(0, equals), HexFormat.of().parseHex(pair.substring(equals + 1))));
    }
    ChunkOpener opener = new ChunkOpener(keys, new SubkeyCache(8), TestKeys.sunJce());
    Set<KeyReference> named = new LinkedHashSet<>();
    List<String> plain = new ArrayList<>();
    for (String hex :
        vector.text("blocks").equals("-") ? new String[0] : vector.text("blocks").split(" ", -1)) {
      byte[] block = HexFormat.of().parseHex(hex);
      assertThat(HexFormat.of().formatHex(vector.bytes("file"))).contains(hex);
      named.add(ChunkHeader.parse(ByteBuffer.wrap(block)).key());
      byte[] clear = new byte[block.length];
      int length = opener.open(block, block.length, clear, InnerCompression.LZ4).length();
      plain.add(new String(Arrays.copyOf(clear, length), UTF_8));
    }
    assertThat(report.sealed().keySet()).containsExactlyElementsOf(named);
    assertThat(plain).isEqualTo(List.of("first section", "").subList(0, plain.size()));
    assertThat(report.isComplete()).isEqualTo(vector.text("result").equals("COMPLETE"));
    assertThat(report.protection())
        .isEqualTo(
            vector.text("result").equals("UNREADABLE") ? Protection.UNREADABLE : Protection.SEALED);
  }
}
