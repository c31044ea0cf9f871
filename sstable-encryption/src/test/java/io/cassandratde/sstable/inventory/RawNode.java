package io.cassandratde.sstable.inventory;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.sstable.format.Salts;
import io.cassandratde.sstable.format.TestKeys;
import io.cassandratde.sstable.format.carrier.CarrierFile;
import io.cassandratde.sstable.format.carrier.SSTableKeys;
import io.cassandratde.sstable.format.carrier.StatisticsFile;
import io.cassandratde.sstable.format.carrier.StatisticsPart;
import io.cassandratde.sstable.format.log.LogFiles;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The directories of a node, with what an inventory reads of SSTables and logs. */
public final class RawNode {

  static final String TABLE = "riders-5a1c395e015411f0b1c9e9d2f6f0a1b2";
  private static final String SEALED = "{\"compressionClass\":\"EncryptingLZ4Compressor\"}";

  public final Path root;
  public final Path data;
  public final Path commitLog;
  public final Path changes;
  public final Path hints;
  public final Path caches;

  public RawNode(Path root) {
    this.root = root;
    try {
      data = Files.createDirectories(root.resolve("data"));
      commitLog = Files.createDirectories(root.resolve("commitlog"));
      changes = Files.createDirectories(root.resolve("cdc_raw"));
      hints = Files.createDirectories(root.resolve("hints"));
      caches = Files.createDirectories(root.resolve("saved_caches"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  public DiskInventory inventory() {
    return new DiskInventory(
        Map.of(
            Place.LIVE, List.of(data),
            Place.COMMITLOG, List.of(commitLog),
            Place.CDC, List.of(changes),
            Place.HINTS, List.of(hints),
            Place.SAVED_CACHE, List.of(caches)));
  }

  public Path table(String keyspace) throws IOException {
    return Files.createDirectories(data.resolve(keyspace).resolve(TABLE));
  }

  /** Of format ebti, with a row of the carrier for each key. */
  public static Path ebti(Path directory, String id, DataKey statistics, DataKey... rows)
      throws IOException {
    Path data = Files.createDirectories(directory).resolve("da-" + id + "-ebti-Data.db");
    SSTableKeys keys = keys(rows[0]);
    for (int i = 1; i < rows.length; i++) {
      DataKey added = rows[i];
      keys = keys.withAdded(() -> added, salts(), TestKeys.HKDF, TestKeys.sunJce());
    }
    CarrierFile.write(SSTableNeeds.sibling(data, "Encryption.db"), keys.carrier());
    byte[] part =
        StatisticsPart.seal(
            keys.uid(),
            "Statistics.db/STATS",
            KeySpec.kmip("test_group", null, CipherSpec.AES_256),
            new byte[10],
            () -> statistics,
            salts(),
            TestKeys.HKDF,
            TestKeys.sunJce());
    Files.write(
        SSTableNeeds.sibling(data, "Statistics.db"),
        StatisticsFile.encode(List.of(StatisticsFile.Part.sealed(2, part))));
    Files.write(data, new byte[100]);
    Files.writeString(SSTableNeeds.sibling(data, "TOC.txt"), "Data.db\n");
    keys.close();
    return data;
  }

  static SSTableKeys keys(DataKey key) {
    return SSTableKeys.create(() -> key, salts(), TestKeys.HKDF, TestKeys.sunJce());
  }

  private static Salts salts() {
    return Salts.ofOperatingSystem();
  }

  /** In codec mode, with a chunk for each key. */
  public static Path codec(Path directory, String id, DataKey... chunks) throws IOException {
    Path data = Files.createDirectories(directory).resolve("nb-" + id + "-big-Data.db");
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    ByteArrayOutputStream info = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(info);
    out.writeUTF("EncryptingLZ4Compressor");
    out.writeInt(0);
    out.writeInt(16384);
    out.writeInt(Integer.MAX_VALUE);
    out.writeLong(16384L * chunks.length);
    out.writeInt(chunks.length);
    for (DataKey key : chunks) {
      out.writeLong(content.size());
      content.writeBytes(LogFiles.block(key, "row"));
      content.writeBytes(new byte[4]);
    }
    Files.write(SSTableNeeds.sibling(data, "CompressionInfo.db"), info.toByteArray());
    Files.writeString(SSTableNeeds.sibling(data, "TOC.txt"), "Data.db\n");
    return Files.write(data, content.toByteArray());
  }

  public static Path plain(Path directory, String id) throws IOException {
    Path data = Files.createDirectories(directory).resolve("nb-" + id + "-big-Data.db");
    Files.writeString(SSTableNeeds.sibling(data, "TOC.txt"), "Data.db\n");
    return Files.write(data, "in clear".getBytes(UTF_8));
  }

  public static Path segment(Path directory, String name, DataKey... blocks) throws IOException {
    List<byte[]> sealed = Stream.of(blocks).map(key -> LogFiles.block(key, "row")).toList();
    return Files.write(directory.resolve(name), LogFiles.segment(SEALED, sealed));
  }

  public static Path hintsFile(Path directory, DataKey key) throws IOException {
    return Files.write(
        directory.resolve("00000000-0000-0001-0000-000000000002-1700000000456-2.hints"),
        LogFiles.hints(
            "{\"compression\":{\"class_name\":\"EncryptingLZ4Compressor\"}}",
            List.of(LogFiles.block(key, "row"))));
  }

  /** As a snapshot is made: hard links. */
  public static void link(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    for (Path file : files(from)) {
      Files.createLink(to.resolve(String.valueOf(file.getFileName())), file);
    }
  }

  /** All files written a while ago, so that readings of them are kept. */
  public void settle() throws IOException {
    FileTime then = FileTime.from(Instant.now().minusSeconds(60));
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        Files.setLastModifiedTime(file, then);
      }
    }
  }

  static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }
}
