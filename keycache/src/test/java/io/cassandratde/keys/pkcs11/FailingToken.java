package io.cassandratde.keys.pkcs11;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A library before SoftHSM2's that fails when it is told to, as an HSM does whose network or power
 * is gone; made by the C compiler from failing_token.c. It looks into the file that the environment
 * variable FAILING_TOKEN names, which the build sets for this JVM.
 */
public final class FailingToken {

  private static final Path LIBRARY = Path.of("target/failing_token.so").toAbsolutePath();
  private static final Path FAULT = Path.of("target/failing_token.fault").toAbsolutePath();

  private FailingToken() {}

  public static synchronized Path library() throws IOException, InterruptedException {
    if (!Files.exists(LIBRARY)) {
      Path source = Files.createTempFile("failing_token", ".c");
      try (InputStream in = FailingToken.class.getResourceAsStream("failing_token.c")) {
        Files.write(source, Objects.requireNonNull(in).readAllBytes());
      }
      SoftToken.run(
          "cc",
          "-Wall",
          "-Werror",
          "-Wno-cast-function-type",
          "-shared",
          "-fPIC",
          "-o",
          LIBRARY.toString(),
          source.toString(),
          "-ldl");
      Files.delete(source);
    }
    works();
    return LIBRARY;
  }

  /** The token is pulled out: from now on everything fails with this return code. */
  public static void away(int code) throws IOException {
    Files.writeString(FAULT, "%x all".formatted(code));
  }

  /** Decryption alone fails. */
  static void decryptsNot(int code) throws IOException {
    Files.writeString(FAULT, "%x decrypt".formatted(code));
  }

  public static void works() throws IOException {
    Files.deleteIfExists(FAULT);
  }
}
