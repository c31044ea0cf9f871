package io.cassandratde.sstable.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.apache.cassandra.io.compress.ICompressor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The same chunk through Cassandra's own compressor alone. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class StockBench {

  @Param({"LZ4", "ZSTD", "SNAPPY", "DEFLATE", "NONE"})
  public Codec codec = Codec.LZ4;

  private ICompressor compressor = Codec.LZ4.stock();
  private ByteBuffer packed = ByteBuffer.allocate(0);
  private ByteBuffer out = ByteBuffer.allocate(0);

  @Setup
  public void setUp(Chunk chunk) {
    compressor = codec.stock();
    packed = chunk.packed(compressor);
    out = ByteBuffer.allocateDirect(compressor.initialCompressedBufferLength(Chunk.LENGTH));
  }

  @Benchmark
  public int compress(Chunk chunk) throws IOException {
    out.clear();
    chunk.plain.clear();
    compressor.compress(chunk.plain, out);
    return out.position();
  }

  @Benchmark
  public int uncompress() throws IOException {
    out.clear();
    packed.rewind();
    compressor.uncompress(packed, out);
    return out.position();
  }
}
