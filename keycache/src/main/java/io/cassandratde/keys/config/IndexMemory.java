package io.cassandratde.keys.config;

/**
 * Memory outside the heap for index files of encrypted SSTables.
 *
 * @param cacheBytes {@code index_cache_size}: opened pages
 * @param mappedBytes {@code mapped_index_memory}: files that are mapped, in clear, as a whole
 */
public record IndexMemory(long cacheBytes, long mappedBytes) {

  private static final long MIB = 1L << 20;
  private static final long MOST_CACHE = 64L << 30;
  private static final long MOST_MAPPED = 1024L << 30;

  static IndexMemory parse(YamlSection top) {
    long heap = Runtime.getRuntime().maxMemory();
    long cache = Math.max(8 * MIB, Math.min(512 * MIB, heap / 16));
    return new IndexMemory(
        top.parsed("index_cache_size", cache, text -> Sizes.parseUpTo(MOST_CACHE, text)),
        top.parsed("mapped_index_memory", heap / 2, text -> Sizes.parseUpTo(MOST_MAPPED, text)));
  }
}
