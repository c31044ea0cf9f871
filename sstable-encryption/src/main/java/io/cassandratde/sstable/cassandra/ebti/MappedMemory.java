package io.cassandratde.sstable.cassandra.ebti;

import io.cassandratde.sstable.format.page.PageMemory;
import java.io.FileDescriptor;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.cassandra.io.util.FileUtils;
import org.apache.cassandra.utils.memory.MemoryUtil;

/**
 * Memory for mapped index files, which hold plaintext as a whole: storage-attached and SASI indexes
 * insist on mapping theirs. Counted, within {@code mapped_index_memory}, and given back the moment
 * Cassandra unmaps the file, as the JDK's own mappings are: they are buffers of the same kind, with
 * another end.
 */
final class MappedMemory implements PageMemory {

  private static final byte[] ZEROS = new byte[1 << 12];

  private final long limit;
  private final AtomicLong used = new AtomicLong();
  private final AtomicLong refusals = new AtomicLong();

  MappedMemory(long limit) {
    this.limit = limit;
  }

  @Override
  public MappedByteBuffer allocate(int bytes, String file) {
    long before =
        used.getAndAccumulate(bytes, (now, more) -> now + more > limit ? now : now + more);
    if (before + bytes > limit) {
      refusals.incrementAndGet();
      throw new MappedMemoryException(file, bytes, before, limit);
    }
    if (bytes == 0) {
      return (MappedByteBuffer) ByteBuffer.allocateDirect(0);
    }
    boolean done = false;
    long address = 0;
    try {
      address = MemoryUtil.allocate(bytes);
      if (address == 0) {
        throw new MappedMemoryException(file, bytes, before, limit);
      }
      long at = address;
      MappedByteBuffer buffer = buffer(address, bytes, () -> release(at, bytes));
      done = true;
      return buffer;
    } finally {
      if (!done) {
        release(address, bytes);
      }
    }
  }

  private void release(long address, int bytes) {
    if (address != 0) {
      wipe(MemoryUtil.getByteBuffer(address, bytes, ByteOrder.BIG_ENDIAN));
      MemoryUtil.free(address);
    }
    used.addAndGet(-bytes);
  }

  private static void wipe(ByteBuffer memory) {
    while (memory.hasRemaining()) {
      memory.put(ZEROS, 0, Math.min(ZEROS.length, memory.remaining()));
    }
  }

  @Override
  public void free(MappedByteBuffer memory) {
    FileUtils.clean(memory);
  }

  long limit() {
    return limit;
  }

  long used() {
    return used.get();
  }

  /** Mappings refused. */
  long refusals() {
    return refusals.get();
  }

  private static MappedByteBuffer buffer(long address, int bytes, Runnable end) {
    try {
      Method maker =
          Class.forName("sun.nio.ch.Util")
              .getDeclaredMethod(
                  "newMappedByteBuffer",
                  int.class,
                  long.class,
                  FileDescriptor.class,
                  Runnable.class,
                  boolean.class);
      maker.setAccessible(true);
      return (MappedByteBuffer) maker.invoke(null, bytes, address, null, end, false);
    } catch (ReflectiveOperationException | InaccessibleObjectException e) {
      throw new IllegalStateException(
          "cassandra-tde cannot make mapped buffers in this Java: it takes Java 17, with"
              + " --add-opens java.base/sun.nio.ch=ALL-UNNAMED as in Cassandra's"
              + " conf/jvm17-server.options",
          e);
    }
  }
}
