package io.cassandratde.sstable.format.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.GroupTag;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.sstable.format.TestKeys;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/** Prints vectors/logs-v1.txt; docs/FORMAT.md has the command. */
public final class LogVectorGenerator {

  private static final HexFormat HEX = HexFormat.of();
  private static final String OURS = "EncryptingLZ4Compressor";
  static final int GROUP = GroupTag.of(ProviderKind.KMIP, "vectors");

  private static final String ID = "0eb2277e-0acc-4adb-9241-1dd84dde691c";
  private static final byte[] FIRST = block(ID, 0x80, "first section", 0x30);
  private static final byte[] SECOND = block("key-1", 0x90, "", 0x40);

  private LogVectorGenerator() {}

  static DataKey key(String id, byte[] material) {
    return DataKey.of(GROUP, id, material.clone(), TestKeys.HKDF);
  }

  private static byte[] rising(int length, int first) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (first + i * 7);
    }
    return bytes;
  }

  private static byte[] block(String id, int material, String plain, int salt) {
    return LogFiles.block(
        key(id, rising(32, material)),
        plain,
        target -> System.arraycopy(rising(16, salt), 0, target, 0, target.length));
  }

  public static void main(String[] args) {
    System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8));
    System.out.println(
        "# Vectors of sealed commit-log segments and hints files. Made by LogVectorGenerator; see docs/FORMAT.md.");
    byte[] segment = LogFiles.segment(LogFiles.segmentJson(OURS), List.of(FIRST, SECOND));
    print("segment under two keys", LogFiles.SEGMENT, segment, "COMPLETE", FIRST, SECOND);
    print(
        "segment without sections",
        LogFiles.SEGMENT,
        LogFiles.segment(LogFiles.segmentJson(OURS), List.of()),
        "COMPLETE");
    print(
        "segment cut within its second section",
        LogFiles.SEGMENT,
        Arrays.copyOf(segment, segment.length - 9),
        "IN PART",
        FIRST);
    byte[] damaged = segment.clone();
    damaged[20] ^= 1;
    print("segment with a damaged header", LogFiles.SEGMENT, damaged, "UNREADABLE");
    byte[] hints = LogFiles.hints(LogFiles.hintsJson(OURS), List.of(FIRST, SECOND));
    print("hints under two keys", LogFiles.HINTS, hints, "COMPLETE", FIRST, SECOND);
    print(
        "hints cut within the lengths of the second block",
        LogFiles.HINTS,
        Arrays.copyOf(hints, hints.length - SECOND.length - 3),
        "IN PART",
        FIRST);
  }

  private static void print(
      String name, String file, byte[] bytes, String result, byte[]... blocks) {
    System.out.println("\nvector: " + name);
    System.out.println("name: " + file);
    System.out.println(
        "keys: "
            + ID
            + "="
            + HEX.formatHex(rising(32, 0x80))
            + " key-1="
            + HEX.formatHex(rising(32, 0x90)));
    System.out.println("file: " + HEX.formatHex(bytes));
    System.out.println(
        "blocks: "
            + (blocks.length == 0
                ? "-"
                : Arrays.stream(blocks).map(HEX::formatHex).collect(Collectors.joining(" "))));
    System.out.println("result: " + result);
  }
}
