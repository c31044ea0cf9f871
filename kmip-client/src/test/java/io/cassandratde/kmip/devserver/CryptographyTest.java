package io.cassandratde.kmip.devserver;

import static io.cassandratde.kmip.devserver.Dialogue.attribute;
import static io.cassandratde.kmip.devserver.Dialogue.payload;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The server's cryptographic operations against published vectors. */
class CryptographyTest {
  private static final int GCM = 9;
  private static final int CBC = 1;
  private static final int INVALID_MESSAGE = 4;
  private static final int CRYPTOGRAPHIC_FAILURE = 0x0A;
  private static final int PERMISSION_DENIED = 0x0C;

  private KmipDevServer server;
  private Dialogue client;

  @BeforeEach
  void start() throws IOException {
    server = KmipDevServer.start(TestStores.get().serverSettings());
    client = new Dialogue(server, 104);
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    server.close();
  }

  /** Test case 4 of McGrew and Viega, "The Galois/Counter Mode of Operation". */
  @Test
  void gcm_with_additional_data() throws IOException {
    String key = key("feffe9928665731c6d6a8f9467308308", 12);
    Build parameters =
        new Build("CryptographicParameters")
            .enumeration("BlockCipherMode", GCM)
            .integer("TagLength", 16);
    byte[] plain =
        hex(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
    byte[] iv = hex("cafebabefacedbaddecaf888");
    byte[] additional = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    byte[] tag = hex("5bc94fbc3221a5db94fae95ae7121a47");
    Fields sealed =
        client.ok(
            "Encrypt",
            payload(key)
                .structure(parameters)
                .bytes("Data", plain)
                .bytes("IVCounterNonce", iv)
                .bytes("AuthenticatedEncryptionAdditionalData", additional));
    byte[] cipherText = sealed.requireBytes("Data");
    assertThat(cipherText)
        .isEqualTo(
            hex(
                "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
                    + "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"));
    assertThat(sealed.requireBytes("AuthenticatedEncryptionTag")).isEqualTo(tag);
    Build open =
        payload(key)
            .structure(parameters)
            .bytes("Data", cipherText)
            .bytes("IVCounterNonce", iv)
            .bytes("AuthenticatedEncryptionAdditionalData", additional);
    assertThat(
            client
                .ok("Decrypt", open.bytes("AuthenticatedEncryptionTag", tag))
                .requireBytes("Data"))
        .isEqualTo(plain);
    tag[0] ^= 1;
    Build forged =
        payload(key)
            .structure(parameters)
            .bytes("Data", cipherText)
            .bytes("IVCounterNonce", iv)
            .bytes("AuthenticatedEncryptionAdditionalData", additional)
            .bytes("AuthenticatedEncryptionTag", tag);
    assertThat(client.call("Decrypt", forged).reason()).isEqualTo(CRYPTOGRAPHIC_FAILURE);
  }

  @Test
  void an_iv_is_made_if_asked_for_and_needed_otherwise() throws IOException {
    String key = key("000102030405060708090a0b0c0d0e0f", 12);
    byte[] plain = "seventeen bytes!!".getBytes(StandardCharsets.UTF_8);
    Build cbc =
        new Build("CryptographicParameters")
            .enumeration("BlockCipherMode", CBC)
            .enumeration("PaddingMethod", 3);
    Build encrypt = payload(key).structure(cbc).bytes("Data", plain);
    assertThat(client.call("Encrypt", encrypt).reason()).isEqualTo(INVALID_MESSAGE);
    Build random =
        new Build("CryptographicParameters")
            .enumeration("BlockCipherMode", CBC)
            .enumeration("PaddingMethod", 3)
            .bool("RandomIV", true);
    Fields sealed = client.ok("Encrypt", payload(key).structure(random).bytes("Data", plain));
    Build decrypt =
        payload(key)
            .structure(cbc)
            .bytes("Data", sealed.requireBytes("Data"))
            .bytes("IVCounterNonce", sealed.requireBytes("IVCounterNonce"));
    assertThat(client.ok("Decrypt", decrypt).requireBytes("Data")).isEqualTo(plain);
  }

  /** RFC 4231, test case 2. */
  @Test
  void hmac_sha256() throws IOException {
    String key = key(HexFormat.of().formatHex("Jefe".getBytes(StandardCharsets.UTF_8)), 0x180);
    Build parameters =
        new Build("CryptographicParameters").enumeration("CryptographicAlgorithm", 9);
    byte[] data = "what do ya want for nothing?".getBytes(StandardCharsets.UTF_8);
    byte[] mac = hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    assertThat(
            client
                .ok("MAC", payload(key).structure(parameters).bytes("Data", data))
                .requireBytes("MACData"))
        .isEqualTo(mac);
    assertThat(validity(key, parameters, data, mac)).isEqualTo(1);
    mac[31] ^= 1;
    assertThat(validity(key, parameters, data, mac)).isEqualTo(2);
  }

  /** FIPS 180-2, appendix B.1. */
  @Test
  void sha_256() throws IOException {
    Build parameters = new Build("CryptographicParameters").enumeration("HashingAlgorithm", 6);
    byte[] data = "abc".getBytes(StandardCharsets.UTF_8);
    assertThat(
            client
                .ok("Hash", payload().structure(parameters).bytes("Data", data))
                .requireBytes("Data"))
        .isEqualTo(hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
  }

  @Test
  void the_usage_mask_is_obeyed() throws IOException {
    String key = key("000102030405060708090a0b0c0d0e0f", 4);
    byte[] block = new byte[16];
    assertThat(client.call("Encrypt", payload(key).bytes("Data", block)).reason()).isZero();
    assertThat(client.call("Decrypt", payload(key).bytes("Data", block)).reason())
        .isEqualTo(PERMISSION_DENIED);
  }

  private int validity(String key, Build parameters, byte[] data, byte[] mac) throws IOException {
    return client
        .ok(
            "MACVerify",
            payload(key).structure(parameters).bytes("Data", data).bytes("MACData", mac))
        .requireInteger("ValidityIndicator");
  }

  private String key(String material, int mask) throws IOException {
    byte[] bytes = hex(material);
    return client
        .ok(
            "Register",
            payload()
                .enumeration("ObjectType", 2)
                .structure(
                    new Build("TemplateAttribute")
                        .structure(
                            attribute(
                                "Cryptographic Usage Mask", Wire.integer("AttributeValue", mask)))
                        .structure(
                            attribute(
                                "Activation Date", Dialogue.date(Instant.now().minusSeconds(60)))))
                .item(
                    KeyBlocks.body(
                        ObjectType.SYMMETRIC_KEY,
                        1,
                        KeyBlocks.rawValue(bytes),
                        3,
                        bytes.length * 8,
                        null)))
        .requireText("UniqueIdentifier");
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }
}
