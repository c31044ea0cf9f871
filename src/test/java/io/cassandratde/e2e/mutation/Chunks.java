package io.cassandratde.e2e.mutation;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A Data.db in chunks with its CompressionInfo.db, whose offsets follow what is changed. */
final class Chunks {

  private final List<byte[]> chunks = new ArrayList<>();
  private final Map<String, String> options = new LinkedHashMap<>();
  private String compressor;
  private final int chunkLength;
  private int maxCompressedLength;
  private long dataLength;

  Chunks(byte[] data, byte[] info) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(info))) {
      compressor = in.readUTF();
      for (int left = in.readInt(); left > 0; left--) {
        options.put(in.readUTF(), in.readUTF());
      }
      chunkLength = in.readInt();
      maxCompressedLength = in.readInt();
      dataLength = in.readLong();
      long[] starts = new long[in.readInt()];
      for (int i = 0; i < starts.length; i++) {
        starts[i] = in.readLong();
      }
      for (int i = 0; i < starts.length; i++) {
        long end = i + 1 < starts.length ? starts[i + 1] : data.length;
        chunks.add(Arrays.copyOfRange(data, (int) starts[i], (int) end));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** With their CRC, which goes where they go. */
  List<byte[]> chunks() {
    return chunks;
  }

  void setMaxCompressedLength(int length) {
    maxCompressedLength = length;
  }

  void setCompressor(String simpleName) {
    compressor = simpleName;
    options.clear();
  }

  /** Ends the file after so many chunks. */
  void endAfter(int count) {
    chunks.subList(count, chunks.size()).clear();
    dataLength = Math.min(dataLength, (long) count * chunkLength);
  }

  byte[] data() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    chunks.forEach(out::writeBytes);
    return out.toByteArray();
  }

  byte[] info() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeUTF(compressor);
      out.writeInt(options.size());
      for (var option : options.entrySet()) {
        out.writeUTF(option.getKey());
        out.writeUTF(option.getValue());
      }
      out.writeInt(chunkLength);
      out.writeInt(maxCompressedLength);
      out.writeLong(dataLength);
      out.writeInt(chunks.size());
      long at = 0;
      for (byte[] chunk : chunks) {
        out.writeLong(at);
        at += chunk.length;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
