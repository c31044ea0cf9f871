package io.cassandratde.sstable.format;

import static io.cassandratde.sstable.format.EbtiByHand.ended;
import static io.cassandratde.sstable.format.EbtiByHand.join;
import static io.cassandratde.sstable.format.EbtiByHand.longs;
import static io.cassandratde.sstable.format.EbtiSealing.hex;
import static io.cassandratde.sstable.format.EbtiVectorGenerator.KEYS;
import static io.cassandratde.sstable.format.EbtiVectorGenerator.OTHER;
import static io.cassandratde.sstable.format.EbtiVectorGenerator.bytes;
import static io.cassandratde.sstable.format.EbtiVectorGenerator.changed;

import io.cassandratde.sstable.format.EbtiSealing.Extent;
import io.cassandratde.sstable.format.EbtiSealing.Row;
import io.cassandratde.sstable.format.EbtiSealing.Wrapping;
import io.cassandratde.sstable.format.carrier.SSTableKeys;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The page files among the vectors. */
final class EbtiPageVectors {

  private static final String COMPONENT = "Partitions.db";
  private static final byte[] SALT = bytes(16, 0x60);
  private static final byte[] NONE = new byte[16];

  private EbtiPageVectors() {}

  static void print() throws IOException {
    opens("empty", 0, "0");
    opens("of-1-byte", 1, "1");
    opens("of-one-page", 4096, "4096");
    opens("of-one-page-and-1-byte", 4097, "4097");
    opens("synced-and-continued", 4100, "5 sync 4090 sync 5");
    opens("of-two-extents", 4100, "4097 close 3", 0, 1);
    opens("of-three-extents", 12, "3 close 4 sync close 5", 0, 1, 1);
    ofAShortDataKey();
    byHand();
    malformed();
    notAuthentic();
  }

  private static void vector(
      String name, String result, SSTableKeys keys, String component, byte[] file, String... more) {
    List<String> fields =
        new ArrayList<>(
            List.of(
                "keys",
                EbtiVectorGenerator.keys(),
                "carrier",
                hex(keys.carrier().encode()),
                "component",
                component,
                "file",
                hex(file)));
    fields.addAll(List.of(more));
    EbtiVectorGenerator.print("page-" + name, "page", result, fields.toArray(new String[0]));
  }

  private static void rejects(String name, String result, byte[] file) {
    vector(name, result, KEYS, COMPONENT, file, "rejected", "at open");
  }

  /** In a page that is not the last of its extent. */
  private static void rejectsLater(String name, byte[] file) {
    vector(name, "NOT_AUTHENTIC", KEYS, COMPONENT, file, "rejected", "at read");
  }

  private static void opens(String name, int length, String writes, int... keyIds)
      throws IOException {
    List<Extent> extents = new ArrayList<>();
    for (int i = 0; i < writes.split(" close ").length; i++) {
      extents.add(new Extent(bytes(16, 0x60 + i), keyIds.length == 0 ? 0 : keyIds[i]));
    }
    byte[] plain = bytes(length, 1);
    vector(
        name,
        "OPENS",
        KEYS,
        COMPONENT,
        EbtiSealing.pages(KEYS, COMPONENT, extents, writes, plain),
        "extents",
        Extent.print(extents),
        "writes",
        writes,
        "plain",
        hex(plain));
  }

  private static void ofAShortDataKey() throws IOException {
    Wrapping weak = new Wrapping("weak", bytes(16, 0x92));
    SSTableKeys keys =
        EbtiSealing.sstable(
            EbtiVectorGenerator.UID,
            List.of(new Row(0, "weak", bytes(16, 0xC1), bytes(16, 0x31))),
            List.of(weak));
    String component = "SAI+aa+ä index+TermsData.db";
    List<Extent> extents = List.of(new Extent(SALT, 0));
    byte[] plain = bytes(10, 1);
    EbtiVectorGenerator.print(
        "page-under-a-data-key-of-128-bits",
        "page",
        "OPENS",
        "keys",
        Wrapping.print(List.of(weak)),
        "carrier",
        hex(keys.carrier().encode()),
        "component",
        component,
        "file",
        hex(EbtiSealing.pages(keys, component, extents, "10", plain)),
        "extents",
        Extent.print(extents),
        "writes",
        "10",
        "plain",
        hex(plain));
  }

  /** An extent of pages of 512 bytes and a rest. */
  private static byte[] small(byte[] header, int length) throws IOException {
    return sealed(header, 512, length, 0);
  }

  private static byte[] sealed(byte[] header, int pageSize, int length, int counter)
      throws IOException {
    byte[] plain = bytes(length, 1);
    List<byte[]> pages = new ArrayList<>();
    for (int at = 0; at == 0 || at < length; at += pageSize) {
      pages.add(Arrays.copyOfRange(plain, at, Math.min(length, at + pageSize)));
    }
    return EbtiByHand.extent(KEYS, COMPONENT, header, counter, pages);
  }

  private static byte[] header(int shift) {
    return EbtiByHand.header(KEYS, SALT, shift, 0, NONE);
  }

  private static byte[] lastTag(byte[] extent) {
    return Arrays.copyOfRange(extent, extent.length - 28, extent.length - 12);
  }

  private static byte[] next(byte[] extent, int salt) {
    return EbtiByHand.header(KEYS, bytes(16, salt), 9, 1, lastTag(extent));
  }

  private static void byHand(String name, byte[] file, byte[] plain) {
    vector(name, "OPENS", KEYS, COMPONENT, file, "made", "by hand", "plain", hex(plain));
  }

  private static void byHand() throws IOException {
    byHand("of-512-bytes", small(header(9), 1025), bytes(1025, 1));
    byHand("of-1-mebibyte", sealed(header(20), 1 << 20, 3, 0), bytes(3, 1));
    byHand("with-the-last-counter", sealed(header(12), 4096, 3, -1), bytes(3, 1));
    byHand("with-counters-that-wrap", sealed(header(9), 512, 1025, -2), bytes(1025, 1));
    byte[] one = small(header(9), 5);
    byte[] empty = small(next(one, 0x61), 0);
    byte[] third = EbtiByHand.header(KEYS, bytes(16, 0x62), 12, 1, lastTag(empty));
    byHand(
        "with-an-empty-extent-and-pages-of-two-sizes",
        join(one, empty, sealed(third, 4096, 2, 0)),
        join(bytes(5, 1), bytes(2, 1)));
    byHand("whose-later-extents-were-cut-off", one, bytes(5, 1));
  }

  private static void malformed() throws IOException {
    byte[] one = small(header(9), 5);
    int end = one.length;
    String malformed = "MALFORMED";
    rejects("file-of-no-bytes", malformed, new byte[0]);
    rejects("file-of-75-bytes", malformed, Arrays.copyOfRange(one, end - 75, end));
    rejects("without-trailer", malformed, Arrays.copyOf(one, end - 12));
    rejects("without-its-last-byte", malformed, Arrays.copyOf(one, end - 1));
    rejects("with-a-byte-behind", malformed, Arrays.copyOf(one, end + 1));
    rejects("unfinished-second-extent", malformed, join(one, next(one, 0x61)));
    byte[] body = Arrays.copyOf(one, end - 12);
    byte[] mark = Arrays.copyOfRange(one, end - 4, end);
    rejects("length-75", malformed, join(body, longs(75), mark));
    rejects("length-beyond-the-file", malformed, join(body, longs(end + 1L), mark));
    rejects("negative-length", malformed, join(body, longs(-1), mark));
    rejects("length-too-small", malformed, join(body, longs(end - 1L), mark));
    rejects("other-end", malformed, changed(one, end - 1, 1));
    rejects("other-magic", malformed, changed(one, 0, 1));
    rejects("version-2", malformed, small(changed(header(9), 7, 3), 5));
    rejects("shift-8", malformed, sealed(header(8), 256, 5, 0));
    rejects("shift-21", malformed, sealed(header(21), 1 << 21, 5, 0));
    rejects("continues-2", malformed, small(changed(header(9), 43, 2), 5));
    rejects("zero-that-is-1", malformed, small(changed(header(9), 47, 1), 5));
    rejects(
        "first-extent-with-a-previous-tag",
        malformed,
        small(EbtiByHand.header(KEYS, SALT, 9, 0, bytes(16, 1)), 5));
    rejects("without-pages", malformed, ended(header(9)));
    rejects("last-page-of-19-bytes", malformed, ended(join(header(9), new byte[19])));
    rejects(
        "last-page-empty-behind-others",
        malformed,
        EbtiByHand.extent(KEYS, COMPONENT, header(9), 0, List.of(bytes(512, 1), new byte[0])));
  }

  private static void notAuthentic() throws IOException {
    byte[] two = small(header(9), 517); // 64 header, 532 full page, 25 last page, 12 trailer
    int last = 64 + 532;
    String forged = "NOT_AUTHENTIC";
    rejects("changed-salt", forged, changed(two, 24, 1));
    rejects("changed-shift", forged, changed(two, 42, 9 ^ 10));
    rejects("changed-data-key-id", forged, changed(two, 41, 1));
    rejects("data-key-that-is-not-there", forged, changed(two, 41, 2));
    rejectsLater("changed-counter", changed(two, 67, 1));
    rejectsLater("changed-ciphertext-of-a-page", changed(two, 68, 1));
    rejectsLater("changed-tag-of-a-page", changed(two, last - 1, 1));
    rejects("changed-counter-of-the-last-page", forged, changed(two, last + 3, 1));
    rejects("changed-ciphertext-of-the-last-page", forged, changed(two, last + 4, 1));
    rejects("changed-tag-of-the-last-page", forged, changed(two, two.length - 13, 1));
    rejects("of-another-uid", forged, changed(two, 8, 1));
    vector("file-of-another-sstable", forged, OTHER, COMPONENT, two, "rejected", "at open");
    vector("file-of-another-component", forged, KEYS, "Rows.db", two, "rejected", "at open");
    rejects("last-page-cut-off", forged, ended(Arrays.copyOf(two, last)));
    rejects("last-page-shorter", forged, ended(Arrays.copyOf(two, two.length - 13)));
    byte[] three = small(header(9), 1029);
    byte[] first = Arrays.copyOfRange(three, 64, last);
    byte[] second = Arrays.copyOfRange(three, last, last + 532);
    byte[] rest = Arrays.copyOfRange(three, last + 532, three.length - 12);
    rejectsLater("pages-exchanged", ended(join(header(9), second, first, rest)));
    rejectsLater("a-page-twice", ended(join(header(9), first, first, rest)));
    rejects("a-page-left-out", forged, ended(join(header(9), first, rest)));

    byte[] one = small(header(9), 5);
    byte[] next = small(next(one, 0x61), 4);
    byte[] third = small(next(next, 0x62), 3);
    rejects("first-extent-cut-off", forged, next);
    rejects("extent-left-out", forged, join(one, third));
    rejects("extents-exchanged", forged, join(one, third, next));
    rejects("extent-twice", forged, join(one, next, next));
    rejects("two-first-extents", forged, join(one, one));
    rejects("previous-tag-mended", forged, join(one, mendedPrevious(third, lastTag(one))));
  }

  private static byte[] mendedPrevious(byte[] extent, byte[] tag) {
    byte[] mended = extent.clone();
    System.arraycopy(tag, 0, mended, 48, 16);
    return mended;
  }
}
