package io.cassandratde.tools.approval;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;

/**
 * An approver's private key: PKCS#8 in PEM, sealed under a passphrase by PBES2 (RFC 8018) as
 * openssl writes and reads it too. One in clear is refused, and so is a file that others may read.
 */
final class ApproverKey {

  private static final String ALGORITHM = Approval.ALGORITHM;
  private static final String SEALING = "PBEWithHmacSHA256AndAES_256";

  /** What OWASP asks of PBKDF2 with HMAC-SHA-256. */
  private static final int ITERATIONS = 600_000;

  /** A file could name so many that this would never end. */
  private static final int MOST_ITERATIONS = 20_000_000;

  private static final int BLOCK = 16;
  private static final int LEAST_PASSPHRASE = 10;
  private static final int MOST_BYTES = 16 << 10;
  private static final Set<PosixFilePermission> OWNER =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);
  private static final String BEGIN = "-----BEGIN ENCRYPTED PRIVATE KEY-----";
  private static final String END = "-----END ENCRYPTED PRIVATE KEY-----";
  private static final Pattern PEM =
      Pattern.compile("\\s*" + BEGIN + "\\s*([A-Za-z0-9+/=\\s]+?)\\s*" + END + "\\s*");

  private ApproverKey() {}

  /**
   * Makes a key in a new file of mode 600.
   *
   * @return its public half, in the form of the configuration
   */
  static String create(Path file, char[] passphrase)
      throws CommandFailure, IOException, GeneralSecurityException {
    require(passphrase);
    if (passphrase.length < LEAST_PASSPHRASE) {
      throw new CommandFailure(
          ExitCode.USAGE, "the passphrase is shorter than " + LEAST_PASSPHRASE + " characters");
    }
    KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
    String pem =
        BEGIN
            + "\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(seal(pair.getPrivate(), passphrase))
            + "\n"
            + END
            + "\n";
    try (FileChannel channel =
        FileChannel.open(
            file,
            EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer bytes = ByteBuffer.wrap(pem.getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    } catch (FileAlreadyExistsException e) {
      throw new CommandFailure(
          ExitCode.CONFIGURATION, file + " is there already; choose another name", e);
    }
    return text(pair.getPublic());
  }

  /** As it stands in the configuration. */
  static String text(PublicKey key) {
    return Base64.getEncoder().encodeToString(key.getEncoded());
  }

  private static byte[] seal(PrivateKey key, char[] passphrase)
      throws GeneralSecurityException, IOException {
    byte[] salt = new byte[BLOCK];
    byte[] iv = new byte[BLOCK];
    SecureRandom random = new SecureRandom();
    random.nextBytes(salt);
    random.nextBytes(iv);
    byte[] plain = key.getEncoded();
    try {
      Cipher cipher = Cipher.getInstance(SEALING);
      cipher.init(
          Cipher.ENCRYPT_MODE,
          secret(SEALING, passphrase),
          new PBEParameterSpec(salt, ITERATIONS, new IvParameterSpec(iv)));
      // Java 17 knows the object identifier by this name alone.
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("PBES2");
      parameters.init(cipher.getParameters().getEncoded());
      return new EncryptedPrivateKeyInfo(parameters, cipher.doFinal(plain)).getEncoded();
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  private static SecretKey secret(String algorithm, char[] passphrase)
      throws GeneralSecurityException {
    PBEKeySpec spec = new PBEKeySpec(passphrase);
    try {
      return SecretKeyFactory.getInstance(algorithm).generateSecret(spec);
    } finally {
      spec.clearPassword();
    }
  }

  /** A key file that is open for nobody else, before anybody is asked for its passphrase. */
  static byte[] sealed(Path file) throws CommandFailure, IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (view != null && !OWNER.containsAll(view.readAttributes().permissions())) {
      throw new CommandFailure(
          ExitCode.CONFIGURATION,
          "%s can be used by others than its owner (%s): chmod 600 %s"
              .formatted(
                  file, PosixFilePermissions.toString(view.readAttributes().permissions()), file));
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(MOST_BYTES + 1);
      Matcher pem = PEM.matcher(new String(content, StandardCharsets.US_ASCII));
      if (content.length > MOST_BYTES || !pem.matches()) {
        throw new CommandFailure(
            ExitCode.CONFIGURATION,
            file
                + " is no private key in PEM under a passphrase; make one with --new-key, or seal"
                + " yours: openssl pkcs8 -topk8 -v2 aes-256-cbc -iter "
                + ITERATIONS
                + " -in <key> -out <file>");
      }
      return Base64.getDecoder().decode(pem.group(1).replaceAll("\\s", ""));
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitCode.CONFIGURATION, file + " has broken base64 in it", e);
    }
  }

  /**
   * Opens what {@link #sealed} gave.
   *
   * @param file for messages
   */
  static PrivateKey open(Path file, byte[] sealed, char[] passphrase) throws CommandFailure {
    require(passphrase);
    Cipher cipher;
    EncryptedPrivateKeyInfo info;
    try {
      info = new EncryptedPrivateKeyInfo(sealed);
      AlgorithmParameters parameters = info.getAlgParameters();
      int iterations = parameters.getParameterSpec(PBEParameterSpec.class).getIterationCount();
      if (iterations > MOST_ITERATIONS) {
        throw new GeneralSecurityException("it asks for " + iterations + " iterations");
      }
      // So PBES2 tells its functions; no other accessor does.
      String algorithm = parameters.toString();
      cipher = Cipher.getInstance(algorithm);
      cipher.init(Cipher.DECRYPT_MODE, secret(algorithm, passphrase), parameters);
    } catch (GeneralSecurityException | IOException | RuntimeException e) {
      throw new CommandFailure(
          ExitCode.CONFIGURATION,
          file + " is not sealed by PBES2 with PBKDF2 and AES: " + e.getMessage(),
          e);
    }
    byte[] plain = null;
    try {
      var spec = info.getKeySpec(cipher);
      plain = spec.getEncoded();
      return KeyFactory.getInstance(ALGORITHM).generatePrivate(spec);
    } catch (GeneralSecurityException e) {
      throw new CommandFailure(
          ExitCode.CONFIGURATION,
          plain == null
              ? file + " does not open: the passphrase is wrong"
              : file + " holds a key of another kind than " + ALGORITHM,
          e);
    } finally {
      if (plain != null) {
        Arrays.fill(plain, (byte) 0);
      }
    }
  }

  /** Java takes no others, and terminals of two machines may send them differently. */
  private static void require(char[] passphrase) throws CommandFailure {
    for (char each : passphrase) {
      if (each < ' ' || each > '~') {
        throw new CommandFailure(
            ExitCode.USAGE, "the passphrase has other characters than those of ASCII");
      }
    }
  }
}
