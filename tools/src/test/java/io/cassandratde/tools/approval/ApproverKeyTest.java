package io.cassandratde.tools.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Key files of approvers, with openssl on the other side. */
class ApproverKeyTest {

  private static final String PASSPHRASE = "correct horse 7";

  private final Path directory;
  private final Path file;
  private final Openssl openssl;

  ApproverKeyTest(@TempDir Path directory) {
    this.directory = directory;
    file = directory.resolve("key.pem");
    openssl = new Openssl(directory);
  }

  private static PrivateKey open(Path file, String passphrase) throws Exception {
    return ApproverKey.open(file, ApproverKey.sealed(file), passphrase.toCharArray());
  }

  private static void refused(ExitCode code, String words, Path file, String passphrase) {
    assertThatThrownBy(() -> open(file, passphrase))
        .hasMessageContaining(words)
        .isInstanceOfSatisfying(
            CommandFailure.class, e -> assertThat(e.exitCode()).isEqualTo(code));
  }

  private static PublicKey publicKey(String text) throws Exception {
    return KeyFactory.getInstance("Ed25519")
        .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(text)));
  }

  private static boolean pair(PrivateKey key, PublicKey other) throws Exception {
    Signature signature = Signature.getInstance("Ed25519");
    signature.initSign(key);
    signature.update(new byte[] {1});
    byte[] signed = signature.sign();
    signature.initVerify(other);
    signature.update(new byte[] {1});
    return signature.verify(signed);
  }

  /** Keys of openssl's have the mode of the umask. */
  private Path own(String name) throws Exception {
    Path made = directory.resolve(name);
    return Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void a_new_key_is_its_owners_alone_and_openssl_reads_it() throws Exception {
    String text = ApproverKey.create(file, PASSPHRASE.toCharArray());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    String pem = openssl.run("pkey", "-in", "key.pem", "-passin", "pass:" + PASSPHRASE, "-pubout");
    assertThat(pem.replaceAll("-----[A-Z ]+-----|\\s", "")).isEqualTo(text);
    assertThat(openssl.run("asn1parse", "-in", "key.pem"))
        .contains(":PBES2", ":PBKDF2", ":hmacWithSHA256", ":aes-256-cbc", ":0927C0");
    assertThat(pair(open(file, PASSPHRASE), publicKey(text))).isTrue();
    assertThatThrownBy(() -> ApproverKey.create(file, PASSPHRASE.toCharArray()))
        .hasMessageContaining("is there already");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-v2 aes-256-cbc",
        "-v2 aes-128-cbc -v2prf hmacWithSHA512",
        "-v2 aes-256-cbc -iter 600000"
      })
  void what_openssl_seals_is_read(String options) throws Exception {
    openssl.run("genpkey", "-algorithm", "ed25519", "-out", "plain.pem");
    openssl.run(
        ("pkcs8 -topk8 -in plain.pem -out sealed.pem -passout pass:x " + options).split(" ", -1));
    String text =
        openssl.run("pkey", "-in", "plain.pem", "-pubout").replaceAll("-----[A-Z ]+-----|\\s", "");
    assertThat(pair(open(own("sealed.pem"), "x"), publicKey(text))).isTrue();
  }

  @Test
  void a_wrong_passphrase_and_a_file_for_others_are_refused() throws Exception {
    ApproverKey.create(file, PASSPHRASE.toCharArray());
    refused(ExitCode.CONFIGURATION, "the passphrase is wrong", file, "correct horse 8");
    refused(ExitCode.USAGE, "other characters than those of ASCII", file, "kännchen");
    for (String mode : new String[] {"rw-r-----", "rw----r--", "rw--w----"}) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
      refused(ExitCode.CONFIGURATION, "chmod 600", file, PASSPHRASE);
    }
  }

  @Test
  void keys_in_clear_of_other_kinds_or_sealed_otherwise_are_refused() throws Exception {
    openssl.run("genpkey", "-algorithm", "ed25519", "-out", "plain.pem");
    refused(ExitCode.CONFIGURATION, "openssl pkcs8 -topk8", own("plain.pem"), PASSPHRASE);
    openssl.run("genpkey", "-algorithm", "ed448", "-aes256", "-pass", "pass:x", "-out", "448.pem");
    refused(ExitCode.CONFIGURATION, "another kind than Ed25519", own("448.pem"), "x");
    openssl.run(
        "pkcs8 -topk8 -in plain.pem -out scrypt.pem -passout pass:x -scrypt".split(" ", -1));
    refused(ExitCode.CONFIGURATION, "not sealed by PBES2 with PBKDF2", own("scrypt.pem"), "x");
    Files.writeString(directory.resolve("many.pem"), "x".repeat(1 << 20));
    refused(ExitCode.CONFIGURATION, "is no private key in PEM", own("many.pem"), "x");
    String sealed =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAA=A\n-----END ENCRYPTED PRIVATE KEY-----";
    Files.writeString(directory.resolve("broken.pem"), sealed, StandardCharsets.US_ASCII);
    refused(ExitCode.CONFIGURATION, "broken base64", own("broken.pem"), "x");
  }

  @Test
  void a_short_passphrase_makes_no_key() {
    assertThatThrownBy(() -> ApproverKey.create(file, "short".toCharArray()))
        .hasMessageContaining("shorter than 10");
    assertThat(file).doesNotExist();
  }
}
