package io.cassandratde.keys.master;

import io.cassandratde.keys.CipherSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/**
 * Those of docs/FORMAT-WRAPPED-KEY.md, which keycache/src/test/python/make_wrapped_keys.py made.
 */
public final class Vectors {

  private static final Path FILE = Path.of("src/test/resources/vectors/wrapped-key-v1.txt");
  private static final UUID KEY_ID = UUID.fromString("7d0e1b86-8f3c-4f6a-9a52-4f1c6f1d2a10");

  private Vectors() {}

  /** One of them. */
  public static final class Vector {
    private final KeyBinding binding;
    private final byte[] key;
    private final byte[] wrapped;

    private Vector(String[] fields) {
      binding =
          new KeyBinding(
              fields[1],
              fields[2],
              CipherSpec.aes(Integer.parseInt(fields[3])),
              KEY_ID,
              Integer.parseInt(fields[4]));
      key = HexFormat.of().parseHex(fields[5]);
      wrapped = HexFormat.of().parseHex(fields[6]);
    }

    public KeyBinding binding() {
      return binding;
    }

    public byte[] key() {
      return key.clone();
    }

    public byte[] wrapped() {
      return wrapped.clone();
    }
  }

  /** Of a master key of 32 bytes of 01. */
  public static byte[] masterKey() {
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) 1);
    return key;
  }

  public static List<Vector> of(String method) throws IOException {
    return Files.readAllLines(FILE).stream()
        .filter(line -> line.startsWith(method + "|"))
        .map(line -> new Vector(line.split("\\|", -1)))
        .toList();
  }
}
