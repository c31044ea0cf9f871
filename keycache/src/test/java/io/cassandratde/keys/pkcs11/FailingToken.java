package io.cassandratde.keys.pkcs11;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A library before SoftHSM2's that fails when it is told to, as an HSM does whose network or power
 * is gone; made by the C compiler from src/test/c/failing_token.c. It looks into the file that the
 * environment variable FAILING_TOKEN names, which the build sets for this JVM.
 */
public final class FailingToken {

  private static final Path SOURCE = Path.of("src/test/c/failing_token.c");
  private static final Path LIBRARY = Path.of("target/failing_token.so").toAbsolutePath();
  private static final Path FAULT = Path.of("target/failing_token.fault").toAbsolutePath();

  private FailingToken() {}

  public static synchronized Path library() throws IOException, InterruptedException {
    if (!Files.exists(LIBRARY)) {
      SoftToken.run(
          "cc",
          "-Wall",
          "-Werror",
          "-Wno-cast-function-type",
          "-shared",
          "-fPIC",
          "-o",
          LIBRARY.toString(),
          SOURCE.toString(),
          "-ldl");
    }
    works();
    return LIBRARY;
  }

  /** The token is pulled out: from now on everything fails with this return code. */
  static void away(int code) throws IOException {
    Files.writeString(FAULT, "%x all".formatted(code));
  }

  /** Decryption alone fails. */
  static void decryptsNot(int code) throws IOException {
    Files.writeString(FAULT, "%x decrypt".formatted(code));
  }

  static void works() throws IOException {
    Files.deleteIfExists(FAULT);
  }
}
