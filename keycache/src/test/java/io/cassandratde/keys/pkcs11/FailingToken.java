package io.cassandratde.keys.pkcs11;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;

/**
 * A library before SoftHSM2's that fails when it is told to, as an HSM does whose network or power
 * is gone; made by the C compiler from failing_token.c. It looks into the file that the environment
 * variable FAILING_TOKEN names, which the build sets for this JVM.
 */
public final class FailingToken {

  private static final Path FAULT = Path.of("target/failing_token.fault").toAbsolutePath();

  private FailingToken() {}

  public static synchronized Path library() throws IOException, InterruptedException {
    byte[] text;
    try (InputStream in = FailingToken.class.getResourceAsStream("failing_token.c")) {
      text = Objects.requireNonNull(in).readAllBytes();
    }
    Path library =
        Path.of("target/failing_token-%08x.so".formatted(Arrays.hashCode(text))).toAbsolutePath();
    if (!Files.exists(library)) {
      Path source = Files.write(Files.createTempFile("failing_token", ".c"), text);
      SoftToken.run(
          "cc",
          "-Wall",
          "-Werror",
          "-Wno-cast-function-type",
          "-shared",
          "-fPIC",
          "-o",
          library.toString(),
          source.toString(),
          "-ldl");
      Files.delete(source);
    }
    works();
    return library;
  }

  /** The token is pulled out: from now on everything fails with this return code. */
  public static void away(int code) throws IOException {
    Files.writeString(FAULT, "%x all".formatted(code));
  }

  /** Decryption alone fails. */
  static void decryptsNot(int code) throws IOException {
    Files.writeString(FAULT, "%x decrypt".formatted(code));
  }

  /** How a token's AES-GCM may be other than ours has to be, and tell no failure. */
  enum Deviation {
    /** It seals by a nonce of its own in the place of the caller's. */
    NONCE,
    /** It leaves additional data out. */
    AAD,
    /** Its tags have 12 bytes. */
    SHORT,
    /** It compares one byte of the tag. */
    TAG
  }

  static void deviates(Deviation how) throws IOException {
    Files.writeString(FAULT, "1 " + how.name().toLowerCase(Locale.ROOT));
  }

  public static void works() throws IOException {
    Files.deleteIfExists(FAULT);
  }
}
