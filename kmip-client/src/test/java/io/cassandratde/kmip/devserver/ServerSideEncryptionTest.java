package io.cassandratde.kmip.devserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.kmip.CryptographicAlgorithm;
import io.cassandratde.kmip.KmipAccessDeniedException;
import io.cassandratde.kmip.KmipClient;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.KmipHost;
import io.cassandratde.kmip.KmipRefusedException;
import io.cassandratde.kmip.KmipSettings;
import io.cassandratde.kmip.ProtocolVersion;
import io.cassandratde.kmip.ResultReason;
import io.cassandratde.kmip.RevocationReason;
import io.cassandratde.kmip.SecretBytes;
import io.cassandratde.kmip.TlsSettings;
import io.cassandratde.kmip.UsageMask;
import io.cassandratde.kmip.attribute.Attributes;
import io.cassandratde.kmip.operation.Activate;
import io.cassandratde.kmip.operation.Create;
import io.cassandratde.kmip.operation.CryptographicParameters;
import io.cassandratde.kmip.operation.Decrypt;
import io.cassandratde.kmip.operation.Encrypt;
import io.cassandratde.kmip.operation.Get;
import io.cassandratde.kmip.operation.Register;
import io.cassandratde.kmip.operation.Revoke;
import io.cassandratde.kmip.ttlv.TtlvItem;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client's Encrypt and Decrypt against the server, by a published vector. */
class ServerSideEncryptionTest {

  private static final CryptographicParameters GCM = CryptographicParameters.AES_GCM;
  private static final Duration LONG = Duration.ofSeconds(60);

  /** Test case 16 of McGrew and Viega, "The Galois/Counter Mode of Operation". */
  private static final byte[] KEY =
      hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");

  private static final byte[] PLAIN =
      hex(
          "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
              + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
  private static final byte[] NONCE = hex("cafebabefacedbaddecaf888");
  private static final byte[] ADDITIONAL = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  private static final byte[] SEALED =
      hex(
          "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
              + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662");
  private static final byte[] TAG = hex("76fc6ece0f4e1768cddf8853bb2d551b");

  private final KmipDevServer server;

  ServerSideEncryptionTest() throws IOException {
    server = KmipDevServer.start(TestStores.get().serverSettings());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  private KmipClient client(String version) throws KmipException {
    TestStores stores = TestStores.get();
    TlsSettings tls =
        TlsSettings.pkcs12(
            stores.client(), stores.password(), stores.truststore(), stores.password());
    return new KmipClient(
        KmipSettings.of("group", List.of(new KmipHost("127.0.0.1", server.port())), tls)
            .withTimeouts(LONG, LONG, LONG)
            .withPin(ProtocolVersion.parse(version)));
  }

  private static String registered(KmipClient client, int mask) throws KmipException {
    try (SecretBytes key = new SecretBytes(KEY.clone())) {
      String id =
          client.call(
              Register.symmetricKey(
                  Attributes.builder().usageMask(mask).build(), key, CryptographicAlgorithm.AES));
      return client.call(new Activate(id));
    }
  }

  private static Encrypt encrypt(String id) {
    return Encrypt.of(id, GCM, PLAIN.clone(), NONCE, ADDITIONAL);
  }

  private static Decrypt decrypt(String id, byte[] data, byte @Nullable [] tag) {
    return Decrypt.of(id, GCM, data, NONCE, ADDITIONAL, tag);
  }

  private static byte[] value(TtlvItem.@Nullable Bytes item) {
    return Objects.requireNonNull(item).value();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.4", "2.0", "2.1"})
  void gcm_with_additional_data_gives_the_published_bytes(String version) throws Exception {
    try (KmipClient client = client(version)) {
      String id = registered(client, UsageMask.ENCRYPT_DECRYPT);
      Encrypt.Result sealed = client.call(encrypt(id));
      assertThat(sealed.data().value()).isEqualTo(SEALED);
      assertThat(value(sealed.tag())).isEqualTo(TAG);
      try (SecretBytes opened = client.call(decrypt(id, SEALED, TAG))) {
        assertThat(opened.sameAs(PLAIN)).isTrue();
      }
      byte[] forged = TAG.clone();
      forged[15] ^= 1;
      assertThatThrownBy(() -> client.call(decrypt(id, SEALED, forged)))
          .isInstanceOfSatisfying(
              KmipRefusedException.class,
              refused ->
                  assertThat(refused.reason()).isEqualTo(ResultReason.CRYPTOGRAPHIC_FAILURE));
      assertThatThrownBy(() -> client.call(Decrypt.of(id, GCM, SEALED, NONCE, new byte[20], TAG)))
          .isInstanceOf(KmipRefusedException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.0", "1.2", "1.3"})
  void a_version_that_has_no_additional_data_is_not_asked(String version) throws Exception {
    try (KmipClient client = client(version)) {
      String id = registered(client, UsageMask.ENCRYPT_DECRYPT);
      assertThatThrownBy(() -> client.call(encrypt(id)))
          .isInstanceOfSatisfying(
              KmipRefusedException.class, refused -> assertThat(refused.unsupported()).isTrue())
          .hasMessageContaining("Encrypt of key " + id)
          .hasMessageContaining("this host speaks " + version);
      assertThatThrownBy(() -> client.call(decrypt(id, SEALED, TAG)))
          .isInstanceOf(KmipRefusedException.class)
          .hasMessageContaining("this host speaks " + version);
      assertThat(server.behaviour().received("Encrypt")).isZero();
      assertThat(server.behaviour().received("Decrypt")).isZero();
    }
  }

  @Test
  void a_key_encrypts_while_active_and_decrypts_after_it_and_as_its_mask_says() throws Exception {
    try (KmipClient client = client("1.4")) {
      String id = registered(client, UsageMask.ENCRYPT_DECRYPT);
      client.call(new Revoke(id, RevocationReason.CESSATION_OF_OPERATION));
      assertThatThrownBy(() -> client.call(encrypt(id)))
          .isInstanceOf(KmipAccessDeniedException.class)
          .hasMessageContaining("state or usage mask");
      try (SecretBytes opened = client.call(decrypt(id, SEALED, TAG))) {
        assertThat(opened.sameAs(PLAIN)).isTrue();
      }
      String sealing = registered(client, UsageMask.ENCRYPT);
      assertThat(client.call(encrypt(sealing)).data().value()).isEqualTo(SEALED);
      assertThatThrownBy(() -> client.call(decrypt(sealing, SEALED, TAG)))
          .isInstanceOf(KmipAccessDeniedException.class);
    }
  }

  @Test
  void a_key_that_is_not_extractable_is_used_and_not_given() throws Exception {
    try (KmipClient client = client("1.4")) {
      String id =
          client
              .call(
                  new Create(
                      Attributes.builder()
                          .cryptographicAlgorithm(CryptographicAlgorithm.AES)
                          .cryptographicLength(256)
                          .usageMask(UsageMask.ENCRYPT_DECRYPT)
                          .sensitive(true)
                          .extractable(false)
                          .build()))
              .uniqueIdentifier();
      client.call(new Activate(id));
      Encrypt.Result sealed = client.call(encrypt(id));
      try (SecretBytes opened =
          client.call(decrypt(id, sealed.data().value(), value(sealed.tag())))) {
        assertThat(opened.sameAs(PLAIN)).isTrue();
      }
      assertThatThrownBy(() -> client.call(new Get(id)))
          .isInstanceOf(KmipException.class)
          .hasMessageContaining("not extractable");
    }
  }

  @Test
  void servers_make_nonces_and_place_tags_in_their_own_ways() throws Exception {
    try (KmipClient client = client("1.4")) {
      String id = registered(client, UsageMask.ENCRYPT_DECRYPT);
      DevServerBehaviour behaviour = server.behaviour().tagInData(true);
      byte[] both = Arrays.copyOf(SEALED, SEALED.length + 16);
      System.arraycopy(TAG, 0, both, SEALED.length, 16);
      Encrypt.Result sealed = client.call(encrypt(id));
      assertThat(sealed.data().value()).isEqualTo(both);
      assertThat(sealed.tag()).isNull();
      try (SecretBytes opened = client.call(decrypt(id, both, null))) {
        assertThat(opened.sameAs(PLAIN)).isTrue();
      }
      behaviour.tagInData(false).nonces(DevServerBehaviour.Nonces.REPLACED);
      assertThat(value(client.call(encrypt(id)).nonce())).hasSize(12).isNotEqualTo(NONCE);
      behaviour.nonces(DevServerBehaviour.Nonces.REFUSED);
      assertThatThrownBy(() -> client.call(encrypt(id))).isInstanceOf(KmipRefusedException.class);
      Encrypt.Result own =
          client.call(Encrypt.of(id, GCM.withRandomIv(), PLAIN.clone(), null, ADDITIONAL));
      try (SecretBytes opened =
          client.call(
              Decrypt.of(
                  id, GCM, own.data().value(), value(own.nonce()), ADDITIONAL, value(own.tag())))) {
        assertThat(opened.sameAs(PLAIN)).isTrue();
      }
    }
  }
}
