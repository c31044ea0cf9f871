package io.cassandratde.sstable.format;

import io.cassandratde.keys.KeyReference;
import java.util.List;
import java.util.Map;

/**
 * What the raw files of one SSTable tell about its keys.
 *
 * @param compressor simple class name in CompressionInfo.db; empty when there is none, so the data
 *     is not compressed at all
 * @param options the table's options at the time of writing: they name the KMIP group
 * @param ours whether one of this project's compressors wrote it
 * @param chunks chunks that CompressionInfo.db lists
 * @param sealed chunks per key, in the order of first appearance
 * @param plainChunks chunks that stand there in plaintext although the compressor is ours
 * @param badChunks chunks that cannot be read; their keys are unknown
 * @param problems the first few bad or plain chunks in words
 */
public record DataFileReport(
    String compressor,
    Map<String, String> options,
    boolean ours,
    long chunks,
    Map<KeyReference, Long> sealed,
    long plainChunks,
    long badChunks,
    List<String> problems) {

  /** Every chunk was read and names its key: what a proof about keys may be built on. */
  public boolean isComplete() {
    return plainChunks == 0 && badChunks == 0;
  }
}
