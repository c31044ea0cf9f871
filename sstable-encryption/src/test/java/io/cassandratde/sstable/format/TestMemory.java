package io.cassandratde.sstable.format;

import io.cassandratde.sstable.format.page.PageMemory;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;

/** Memory without a bound, which the collector frees. */
public final class TestMemory implements PageMemory {

  @Override
  public MappedByteBuffer allocate(int bytes, String file) {
    return (MappedByteBuffer) ByteBuffer.allocateDirect(bytes);
  }

  @Override
  public void free(MappedByteBuffer memory) {}
}
