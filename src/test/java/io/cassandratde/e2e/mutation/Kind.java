package io.cassandratde.e2e.mutation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;

/**
 * Ways to change the files of a table. Checksums that need no key are corrected wherever one is in
 * the way.
 */
public enum Kind {
  BYTES_FLIPPED {
    @Override
    String apply(TableFiles files, Sources sources, Random random) {
      int sstable = random.nextInt(files.count());
      String component = any(files.withContent(sstable), random);
      byte[] bytes = files.get(sstable, component).clone();
      int at = random.nextInt(bytes.length);
      bytes[at] ^= (byte) (1 + random.nextInt(255));
      files.put(sstable, component, bytes);
      return component + " at " + at + " of " + bytes.length;
    }
  },
  FILE_CUT {
    @Override
    String apply(TableFiles files, Sources sources, Random random) {
      int sstable = random.nextInt(files.count());
      String component = any(files.withContent(sstable), random);
      byte[] bytes = files.get(sstable, component);
      int length = random.nextInt(bytes.length);
      files.put(sstable, component, Arrays.copyOf(bytes, length));
      return component + " after " + length + " of " + bytes.length;
    }
  },
  PAGES_SWAPPED {
    @Override
    String apply(TableFiles files, Sources sources, Random random) {
      int sstable = random.nextInt(files.count());
      String component = any(files.paged(sstable, 2), random);
      byte[] bytes = files.get(sstable, component).clone();
      int one = random.nextInt(Pages.count(bytes));
      int other = (one + 1 + random.nextInt(Pages.count(bytes) - 1)) % Pages.count(bytes);
      byte[] page = Pages.get(bytes, one);
      Pages.put(bytes, one, Pages.get(bytes, other));
      Pages.put(bytes, other, page);
      files.put(sstable, component, bytes);
      return component + ", pages " + one + " and " + other;
    }
  },
  PAGE_OF_ANOTHER_FILE {
    @Override
    String apply(TableFiles files, Sources sources, Random random) {
      int sstable = random.nextInt(files.count());
      int other = 1 - sstable;
      String component =
          any(
              files.paged(sstable, 1).stream().filter(files.paged(other, 1)::contains).toList(),
              random);
      byte[] bytes = files.get(sstable, component).clone();
      byte[] others = files.get(other, component);
      int page = random.nextInt(Math.min(Pages.count(bytes), Pages.count(others)));
      Pages.put(bytes, page, Pages.get(others, page));
      files.put(sstable, component, bytes);
      return component + ", page " + page;
    }
  },
  CHUNKS_SWAPPED {
    @Override
    String apply(TableFiles files, Sources sources, Random random) {
      int sstable = random.nextInt(files.count());
      Chunks chunks = chunks(files, sstable);
      int one = random.nextInt(chunks.chunks().size());
      int other = (one + 1 + random.nextInt(chunks.chunks().size() - 1)) % chunks.chunks().size();
      byte[] chunk = chunks.chunks().get(one);
      chunks.chunks().set(one, chunks.chunks().get(other));
      chunks.chunks().set(other, chunk);
      // Offsets can only follow where the authentication code does not stand in the way.
      put(files, sstable, chunks, chunk.length != chunks.chunks().get(one).length);
      return "chunks " + one + " and " + other;
    }
  },
  CHUNK_OF_ANOTHER_FILE {
    @Override
    String apply(TableFiles files, Sources sources, Random random) {
      int sstable = random.nextInt(files.count());
      Chunks chunks = chunks(files, sstable);
      Chunks others = chunks(files, 1 - sstable);
      int place = random.nextInt(Math.min(chunks.chunks().size(), others.chunks().size()));
      chunks.chunks().set(place, others.chunks().get(place));
      put(files, sstable, chunks, true);
      return "chunk " + place;
    }
  },
  COMPONENT_OF_ANOTHER_SSTABLE {
    @Override
    String apply(TableFiles files, Sources sources, Random random) {
      int sstable = random.nextInt(files.count());
      String component =
          any(
              files.components(sstable).keySet().stream()
                  .filter(name -> !name.equals("TOC.txt") && !name.equals("Digest.crc32"))
                  .toList(),
              random);
      files.put(sstable, component, files.get(1 - sstable, component));
      return component;
    }
  },
  COMPONENTS_EXCHANGED {
    @Override
    String apply(TableFiles files, Sources sources, Random random) {
      String component =
          any(
              files.components(0).keySet().stream()
                  .filter(name -> !name.equals("TOC.txt") && !name.equals("Digest.crc32"))
                  .toList(),
              random);
      byte[] first = files.get(0, component);
      files.put(0, component, files.get(1, component));
      files.put(1, component, first);
      return component;
    }
  },
  PLAIN_COMPONENT {
    @Override
    String apply(TableFiles files, Sources sources, Random random) {
      int sstable = random.nextInt(files.count());
      String component =
          any(
              files.components(sstable).keySet().stream()
                  .filter(name -> !name.equals("TOC.txt") && !name.equals("Digest.crc32"))
                  .filter(sources.plain().components(sstable)::containsKey)
                  .toList(),
              random);
      files.put(sstable, component, sources.plain().get(sstable, component));
      return component;
    }
  },
  INDEX_SAYS_RAW {
    @Override
    String apply(TableFiles files, Sources sources, Random random) {
      int sstable = random.nextInt(files.count());
      Chunks chunks = chunks(files, sstable);
      chunks.setMaxCompressedLength(random.nextInt(1000));
      put(files, sstable, chunks, true);
      return "";
    }
  },
  INDEX_ENDS_EARLY {
    @Override
    String apply(TableFiles files, Sources sources, Random random) {
      int sstable = random.nextInt(files.count());
      Chunks chunks = chunks(files, sstable);
      int count = 1 + random.nextInt(chunks.chunks().size() - 1);
      chunks.endAfter(count);
      put(files, sstable, chunks, true);
      return "after " + count + " chunks";
    }
  },
  INDEX_OF_ANOTHER_COMPRESSOR {
    @Override
    String apply(TableFiles files, Sources sources, Random random) {
      int sstable = random.nextInt(files.count());
      String compressor = any(List.of("LZ4Compressor", "NoopCompressor", "ZstdCompressor"), random);
      Chunks chunks = chunks(files, sstable);
      chunks.setCompressor(compressor);
      put(files, sstable, chunks, true);
      return compressor;
    }
  },
  CARRIER_EXCHANGED {
    @Override
    String apply(TableFiles files, Sources sources, Random random) {
      byte[] first = files.get(0, CARRIER);
      files.put(0, CARRIER, files.get(1, CARRIER));
      files.put(1, CARRIER, first);
      return "";
    }
  },
  CARRIER_REMOVED {
    @Override
    String apply(TableFiles files, Sources sources, Random random) {
      files.components(random.nextInt(files.count())).remove(CARRIER);
      return "";
    }
  },
  CARRIER_EMPTIED {
    @Override
    String apply(TableFiles files, Sources sources, Random random) {
      files.put(random.nextInt(files.count()), CARRIER, new byte[0]);
      return "";
    }
  },
  CARRIER_SAYS_PLAIN {
    @Override
    String apply(TableFiles files, Sources sources, Random random) {
      int sstable = random.nextInt(files.count());
      // magic, version and uid as they are, no rows, and the CRC of that
      byte[] carrier = Arrays.copyOf(files.get(sstable, CARRIER), 26);
      carrier[24] = 0;
      carrier[25] = 0;
      CRC32 crc = new CRC32();
      crc.update(carrier);
      files.put(
          sstable,
          CARRIER,
          ByteBuffer.allocate(30).put(carrier).putInt((int) crc.getValue()).array());
      return "";
    }
  },
  /** Not to be prevented, says FORMAT-EBTI.md; still never other rows. */
  OLDER_COMPONENT {
    @Override
    String apply(TableFiles files, Sources sources, Random random) {
      int sstable = random.nextInt(files.count());
      String component =
          any(
              sources.older().components(sstable).keySet().stream()
                  .filter(name -> name.startsWith("SAI"))
                  .toList(),
              random);
      files.put(sstable, component, sources.older().get(sstable, component));
      return component;
    }
  };

  private static final String CARRIER = "Encryption.db";

  /**
   * Where other bytes come from.
   *
   * @param plain SSTables of the same rows in a table that nothing protects
   * @param older the same SSTables before their indexes were built again
   */
  public record Sources(TableFiles plain, TableFiles older) {}

  /** Changes the files; tells what was done. */
  abstract String apply(TableFiles files, Sources sources, Random random);

  private static String any(List<String> choices, Random random) {
    return choices.get(random.nextInt(choices.size()));
  }

  private static Chunks chunks(TableFiles files, int sstable) {
    return new Chunks(files.get(sstable, "Data.db"), files.get(sstable, "CompressionInfo.db"));
  }

  private static void put(TableFiles files, int sstable, Chunks chunks, boolean offsets) {
    byte[] data = chunks.data();
    files.put(sstable, "Data.db", data);
    if (offsets) {
      files.put(sstable, "CompressionInfo.db", chunks.info());
    }
    CRC32 digest = new CRC32();
    digest.update(data);
    files.put(sstable, "Digest.crc32", String.valueOf(digest.getValue()).getBytes(UTF_8));
  }

  /** Makes the change of this kind that the seed says. */
  public String mutate(TableFiles files, Sources sources, long seed) {
    return this + " " + apply(files, sources, new Random(seed));
  }
}
