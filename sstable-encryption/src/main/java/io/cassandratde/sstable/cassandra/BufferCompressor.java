package io.cassandratde.sstable.cassandra;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.cassandra.io.compress.ICompressor;

/** A compressor that knows buffers alone; replay of the commit log asks for arrays. */
public interface BufferCompressor extends ICompressor {

  @Override
  default int uncompress(
      byte[] input, int inputOffset, int inputLength, byte[] output, int outputOffset)
      throws IOException {
    ByteBuffer target = ByteBuffer.wrap(output, outputOffset, output.length - outputOffset);
    uncompress(ByteBuffer.wrap(input, inputOffset, inputLength), target);
    return target.position() - outputOffset;
  }
}
