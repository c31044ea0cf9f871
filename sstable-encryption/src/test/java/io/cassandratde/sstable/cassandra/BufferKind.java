package io.cassandratde.sstable.cassandra;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Every kind of buffer that Cassandra may pass, with the content at an odd position and room behind
 * it.
 */
enum BufferKind {
  HEAP,
  HEAP_SLICE,
  DIRECT,
  READ_ONLY_HEAP,
  READ_ONLY_DIRECT,
  MAPPED;

  private static final int BEFORE = 13;
  private static final int BEHIND = 7;

  boolean writable() {
    return this == HEAP || this == HEAP_SLICE || this == DIRECT;
  }

  /** A buffer with this content between position and limit. */
  ByteBuffer holding(byte[] content) throws IOException {
    ByteBuffer buffer = raw(content.length);
    buffer.position(BEFORE).limit(BEFORE + content.length);
    if (this == MAPPED) {
      return mapped(content);
    }
    buffer.duplicate().put(content);
    return switch (this) {
      case READ_ONLY_HEAP, READ_ONLY_DIRECT -> buffer.asReadOnlyBuffer();
      default -> buffer;
    };
  }

  /** A buffer with so much room after its position. */
  ByteBuffer room(int length) {
    return raw(length).position(BEFORE);
  }

  private ByteBuffer raw(int length) {
    int size = BEFORE + length + BEHIND;
    return switch (this) {
      case DIRECT, READ_ONLY_DIRECT -> ByteBuffer.allocateDirect(size);
      case HEAP_SLICE -> ByteBuffer.allocate(size + 11).position(5).slice().limit(size);
      default -> ByteBuffer.allocate(size);
    };
  }

  private static ByteBuffer mapped(byte[] content) throws IOException {
    Path file = Files.createTempFile("chunk", ".bin");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.READ)) {
      channel.write(ByteBuffer.allocate(BEFORE));
      ByteBuffer rest = ByteBuffer.wrap(content);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.write(ByteBuffer.allocate(BEHIND));
      ByteBuffer map = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      return map.position(BEFORE).limit(BEFORE + content.length);
    } finally {
      Files.delete(file);
    }
  }
}
