package io.cassandratde.tools.inventory;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32;

/**
 * Files of an SSTable, written by the text of docs/FORMAT.md and of Cassandra's CompressionInfo.db
 * rather than by the classes under test.
 */
public final class RawSSTable {
  private final List<byte[]> chunks = new ArrayList<>();
  private final Map<String, String> options = new LinkedHashMap<>();
  private int mostCompressed = Integer.MAX_VALUE;
  private String compressor = "EncryptingLZ4Compressor";

  public RawSSTable compressor(String simpleName) {
    compressor = simpleName;
    return this;
  }

  public RawSSTable option(String name, String value) {
    options.put(name, value);
    return this;
  }

  public RawSSTable sealed(int groupTag, UUID key, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeByte(1); // version
      out.writeByte(0x01); // key id is a UUID, inner compression LZ4
      out.writeInt(groupTag);
      out.writeInt(0x1234_5678); // check value
      out.writeLong(key.getMostSignificantBits());
      out.writeLong(key.getLeastSignificantBits());
      out.write(new byte[16]); // salt
      out.writeInt(i); // counter
      out.write(new byte[100 + 16]); // ciphertext and tag
      chunks.add(bytes.toByteArray());
    }
    return this;
  }

  /** Chunks that are not shorter stand there raw, as min_compress_ratio has it. */
  public RawSSTable mostCompressed(int bytes) {
    mostCompressed = bytes;
    return this;
  }

  public RawSSTable raw(String content) {
    chunks.add(content.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** The Data.db. */
  public Path write(Path directory) throws IOException {
    Files.createDirectories(directory);
    Path data = directory.resolve("nb-1-big-Data.db");
    ByteArrayOutputStream info = new ByteArrayOutputStream();
    DataOutputStream infoOut = new DataOutputStream(info);
    infoOut.writeUTF(compressor);
    infoOut.writeInt(options.size());
    for (Map.Entry<String, String> option : options.entrySet()) {
      infoOut.writeUTF(option.getKey());
      infoOut.writeUTF(option.getValue());
    }
    infoOut.writeInt(16384); // chunk length
    infoOut.writeInt(mostCompressed); // max compressed length
    infoOut.writeLong(16384L * chunks.size()); // data length
    infoOut.writeInt(chunks.size());
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(content);
    for (byte[] chunk : chunks) {
      infoOut.writeLong(content.size());
      out.write(chunk);
      CRC32 crc = new CRC32();
      crc.update(chunk);
      out.writeInt((int) crc.getValue());
    }
    Files.write(data, content.toByteArray());
    Files.write(directory.resolve("nb-1-big-CompressionInfo.db"), info.toByteArray());
    Files.writeString(directory.resolve("nb-1-big-TOC.txt"), "Data.db\n");
    return data;
  }
}
