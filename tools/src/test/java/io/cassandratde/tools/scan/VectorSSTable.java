package io.cassandratde.tools.scan;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * A protected SSTable of the format ebti, put together from the format's checked-in vectors and the
 * text of docs/FORMAT-EBTI.md rather than by the classes under test. Its carrier has two rows.
 */
public final class VectorSSTable {

  /** Group tag of the vectors, as it is shown where the group has no name. */
  public static final String GROUP = "tag:47a53574";

  /** Id of the key that wraps the first row. */
  public static final String FIRST_KEY = "0eb2277e-0acc-4adb-9241-1dd84dde691c";

  public static final String ADDED_KEY = "key-1";

  private static final Path VECTORS =
      Path.of("..", "sstable-encryption", "src", "test", "resources", "vectors");

  private final Map<String, byte[]> components = new LinkedHashMap<>();

  public VectorSSTable() throws IOException {
    byte[] chunk = vector("chunk-empty", "chunk");
    components.put("Encryption.db", vector("page-of-two-extents", "carrier"));
    components.put("Data.db", withCrc(chunk));
    components.put("CompressionInfo.db", index("EncryptedSSTableCompressor", 4096));
    components.put("Statistics.db", statistics(vector("part-of-300-bytes", "sealed")));
    components.put("Partitions.db", vector("page-of-two-extents", "file"));
    components.put("Rows.db", vector("page-of-one-page-and-1-byte", "file"));
    components.put("SAI+aa+Meta.db", vector("page-of-three-extents", "file"));
    components.put("Digest.crc32", "1234567\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  /** A field of a vector. */
  static byte[] vector(String name, String field) throws IOException {
    return HexFormat.of().parseHex(text("ebti-v1.txt", name, field).replace("-", ""));
  }

  /** Writes the segment or hints file of a vector, under the name that the vector gives it. */
  public static Path writeLog(Path directory, String vector) throws IOException {
    Files.createDirectories(directory);
    return Files.write(
        directory.resolve(text("logs-v1.txt", vector, "name")),
        HexFormat.of().parseHex(text("logs-v1.txt", vector, "file")));
  }

  private static String text(String file, String name, String field) throws IOException {
    Map<String, String> fields = new HashMap<>();
    for (String block : Files.readString(VECTORS.resolve(file)).split("\n\n", -1)) {
      if (block.contains("vector: " + name + "\n")) {
        block
            .lines()
            .map(line -> line.split(": ", 2))
            .filter(pair -> pair.length == 2)
            .forEach(pair -> fields.put(pair[0], pair[1]));
      }
    }
    String value = fields.get(field);
    if (value == null) {
      throw new IOException("no " + field + " of a vector " + name);
    }
    return value;
  }

  public VectorSSTable with(String component, byte[] content) {
    components.put(component, content);
    return this;
  }

  public VectorSSTable without(String component) {
    components.remove(component);
    return this;
  }

  public byte[] content(String component) {
    return java.util.Objects.requireNonNull(components.get(component));
  }

  /** Writes all, and TOC.txt last. */
  public void write(Path directory, String id) throws IOException {
    writeUnfinished(directory, id);
    Files.writeString(
        directory.resolve("da-" + id + "-ebti-TOC.txt"),
        String.join("\n", components.keySet()) + "\nTOC.txt\n");
  }

  /** As a crash leaves it. */
  public void writeUnfinished(Path directory, String id) throws IOException {
    Files.createDirectories(directory);
    for (Map.Entry<String, byte[]> component : components.entrySet()) {
      Files.write(
          directory.resolve("da-" + id + "-ebti-" + component.getKey()), component.getValue());
    }
  }

  private static byte[] withCrc(byte[] chunk) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(chunk);
    out.writeInt(crc(chunk));
    return bytes.toByteArray();
  }

  private static int crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  static byte[] index(String compressor, int chunkLength) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeUTF(compressor);
    Map<String, String> options =
        Map.of("salt", "70".repeat(16), "data_key", "0", "inner", "LZ4", "mac", "ab".repeat(32));
    out.writeInt(options.size());
    for (Map.Entry<String, String> option : options.entrySet()) {
      out.writeUTF(option.getKey());
      out.writeUTF(option.getValue());
    }
    out.writeInt(chunkLength);
    out.writeInt(Integer.MAX_VALUE);
    out.writeLong(0);
    out.writeInt(1);
    out.writeLong(0);
    return bytes.toByteArray();
  }

  /** A frame with one part in form 1. */
  private static byte[] statistics(byte[] sealed) throws IOException {
    ByteArrayOutputStream part = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(part);
    out.writeByte(1);
    out.writeInt(sealed.length);
    out.write(sealed);
    return statisticsOf(part.toByteArray());
  }

  static byte[] statisticsOf(byte[] part) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    java.nio.ByteBuffer table = java.nio.ByteBuffer.allocate(12).putInt(1).putInt(2).putInt(20);
    out.writeInt(1);
    out.writeInt(crc(java.util.Arrays.copyOf(table.array(), 4)));
    out.writeInt(2);
    out.writeInt(20);
    out.writeInt(crc(table.array()));
    out.write(part);
    out.writeInt(crc(part));
    return bytes.toByteArray();
  }
}
