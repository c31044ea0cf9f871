package io.cassandratde.e2e.mutation;

import java.util.Arrays;

/** Where pages stand in a page file of one extent, by docs/FORMAT-EBTI.md. */
final class Pages {

  private static final int HEADER = 64;
  private static final int TRAILER = 12;
  private static final int SHIFT_AT = 42;
  private static final int OVERHEAD = 20;

  private Pages() {}

  private static int size(byte[] file) {
    return (1 << file[SHIFT_AT]) + OVERHEAD;
  }

  /** How many full pages there are but the last. */
  static int count(byte[] file) {
    return Math.max(0, (file.length - HEADER - TRAILER - 1) / size(file));
  }

  static byte[] get(byte[] file, int page) {
    int at = HEADER + page * size(file);
    return Arrays.copyOfRange(file, at, at + size(file));
  }

  static void put(byte[] file, int page, byte[] bytes) {
    System.arraycopy(bytes, 0, file, HEADER + page * size(file), bytes.length);
  }
}
