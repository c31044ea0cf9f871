package io.cassandratde.e2e.load;

import java.util.Random;

/** What a row holds, from its key and the number of the write: the model need not keep it. */
final class Content {

  private static final String CHARACTERS =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

  /** As many values as a tag can have in one partition. */
  static final int TAGS = 40;

  private Content() {}

  /** Letters that do not compress well; wide partitions have long ones. */
  static String value(String pk, int ck, int version) {
    Random random = new Random((pk.hashCode() * 31L + ck) * 1_000_003L + version);
    int length = pk.contains("wide") ? 6_000 : 20 + random.nextInt(400);
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
    }
    return text.toString();
  }

  static String tag(String pk, int ck, int version) {
    return pk + "#" + Math.floorMod(ck * 7 + version, TAGS);
  }
}
