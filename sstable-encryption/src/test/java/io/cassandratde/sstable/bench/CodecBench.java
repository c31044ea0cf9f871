package io.cassandratde.sstable.bench;

import io.cassandratde.sstable.cassandra.TestRuntime;
import io.cassandratde.sstable.format.TestKeys;
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
import org.openjdk.jmh.annotations.TearDown;

/** Sealing and opening one chunk as Cassandra does: direct buffers in and out. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class CodecBench {

  @Param({"LZ4", "ZSTD", "SNAPPY", "DEFLATE", "NONE"})
  public Codec codec = Codec.LZ4;

  @Param({"ACCP", "SunJCE"})
  public String provider = "";

  private TestRuntime runtime = new TestRuntime(TestKeys.sunJce());
  private ICompressor compressor = Codec.LZ4.stock();
  private ByteBuffer sealed = ByteBuffer.allocate(0);
  private ByteBuffer out = ByteBuffer.allocate(0);

  @Setup
  public void setUp(Chunk chunk) {
    runtime.close();
    runtime = new TestRuntime(provider.equals("ACCP") ? TestKeys.corretto() : TestKeys.sunJce());
    compressor = TestRuntime.permitted(codec::encrypting);
    sealed = chunk.packed(compressor);
    out = ByteBuffer.allocateDirect(compressor.initialCompressedBufferLength(Chunk.LENGTH));
  }

  @TearDown
  public void tearDown() {
    runtime.close();
  }

  @Benchmark
  public int seal(Chunk chunk) throws IOException {
    out.clear();
    chunk.plain.clear();
    compressor.compress(chunk.plain, out);
    return out.position();
  }

  @Benchmark
  public int open() throws IOException {
    out.clear();
    sealed.rewind();
    compressor.uncompress(sealed, out);
    return out.position();
  }
}
