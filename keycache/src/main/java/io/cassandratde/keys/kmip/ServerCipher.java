package io.cassandratde.keys.kmip;

import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.kmip.BlockCipherMode;
import io.cassandratde.kmip.CryptographicAlgorithm;
import io.cassandratde.kmip.KmipClient;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.KmipHost;
import io.cassandratde.kmip.KmipProtocolException;
import io.cassandratde.kmip.KmipRefusedException;
import io.cassandratde.kmip.Operation;
import io.cassandratde.kmip.PaddingMethod;
import io.cassandratde.kmip.Reply;
import io.cassandratde.kmip.SecretBytes;
import io.cassandratde.kmip.operation.CryptographicParameters;
import io.cassandratde.kmip.operation.Decrypt;
import io.cassandratde.kmip.operation.Encrypt;
import io.cassandratde.kmip.ttlv.TtlvItem;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * AES-GCM by the servers of a group, which differ in two things: who makes the nonce, and whether
 * the tag has a field of its own or is the end of the data.
 */
final class ServerCipher {

  private static final CryptographicParameters GCM = CryptographicParameters.AES_GCM;
  private static final CryptographicParameters ECB =
      new CryptographicParameters(
          BlockCipherMode.ECB, PaddingMethod.PKCS5, CryptographicAlgorithm.AES, null, null);

  private static final byte[] LABEL =
      "cassandra-tde/1 server-key-check".getBytes(StandardCharsets.US_ASCII);
  private static final int BLOCK = 16;
  private static final int NONCE = 12;
  private static final int TAG = 16;

  /** Of the one block that GCM makes for this nonce: its counter is 2 for the first of the data. */
  private static final byte[] CHECK_NONCE = Arrays.copyOf(sha256(LABEL, new byte[0]), NONCE);

  private static final byte[] CHECK_BLOCK =
      ByteBuffer.allocate(BLOCK).put(CHECK_NONCE).putInt(2).array();

  private final KmipClient client;
  private final SecureRandom random = new SecureRandom();
  private volatile boolean serversMakeNonces;
  private volatile boolean tagInData;

  ServerCipher(KmipClient client) {
    this.client = client;
  }

  /** What a host sealed. */
  static final class Sealed {
    private final KmipHost host;
    private final byte[] nonce;
    private final byte[] dataAndTag;

    Sealed(KmipHost host, byte[] nonce, byte[] dataAndTag) {
      this.host = host;
      this.nonce = nonce;
      this.dataAndTag = dataAndTag;
    }

    KmipHost host() {
      return host;
    }

    /** 12 to 16 bytes. */
    byte[] nonce() {
      return nonce;
    }

    byte[] dataAndTag() {
      return dataAndTag;
    }
  }

  /** What a host opened. */
  static final class Opened {
    private final KmipHost host;
    private final byte[] plain;

    Opened(KmipHost host, byte[] plain) {
      this.host = host;
      this.plain = plain;
    }

    KmipHost host() {
      return host;
    }

    /** The caller wipes it. */
    byte[] plain() {
      return plain;
    }
  }

  private <R> Reply<R> ask(@Nullable KmipHost host, Operation<R> operation) throws KmipException {
    return host == null ? client.exchange(operation) : client.exchangeOn(host, operation);
  }

  /**
   * The same on all servers that have this very key: of a hash over AES of a fixed block. GCM under
   * a nonce of the client's gives that block's image, as it has zeroes to encrypt; where servers
   * make nonces themselves, so does ECB.
   *
   * @param host null: the first that answers
   */
  int checkValue(@Nullable KmipHost host, String id) throws KmipException {
    byte[] image = image(host, id);
    return ByteBuffer.wrap(sha256(LABEL, image)).getInt();
  }

  private byte[] image(@Nullable KmipHost host, String id) throws KmipException {
    if (!serversMakeNonces) {
      try {
        Encrypt.Result made =
            ask(host, Encrypt.of(id, GCM, new byte[BLOCK], CHECK_NONCE.clone(), null)).result();
        if (isOf(made.nonce(), CHECK_NONCE)) {
          return firstBlock(id, made);
        }
      } catch (KmipRefusedException refused) {
        // Of what it does not like, ECB has nothing; if it does not like that either, it says so.
      }
    }
    return firstBlock(id, ask(host, Encrypt.of(id, ECB, CHECK_BLOCK.clone(), null, null)).result());
  }

  private static boolean isOf(TtlvItem.@Nullable Bytes told, byte[] given) {
    return told == null || Arrays.equals(told.value(), given);
  }

  private static byte[] firstBlock(String id, Encrypt.Result made) throws KmipException {
    if (made.data().length() < BLOCK) {
      throw new KmipProtocolException(
          "Encrypt of key " + id + " made " + made.data().length() + " bytes of a block");
    }
    return Arrays.copyOf(made.data().value(), BLOCK);
  }

  private static byte[] sha256(byte[] first, byte[] second) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(first);
      return digest.digest(second);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * Seals, with a nonce of 12 to 16 bytes.
   *
   * @param host null: the first that answers
   */
  Sealed seal(@Nullable KmipHost host, String id, byte[] plain, byte[] aad) throws KmipException {
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    if (!serversMakeNonces) {
      try {
        return sealed(ask(host, Encrypt.of(id, GCM, plain, nonce, aad)), id, plain.length, nonce);
      } catch (KmipRefusedException refused) {
        Sealed without = sealByItsNonce(host, id, plain, aad, refused);
        serversMakeNonces = true;
        return without;
      }
    }
    return sealByItsNonce(host, id, plain, aad, null);
  }

  private Sealed sealByItsNonce(
      @Nullable KmipHost host,
      String id,
      byte[] plain,
      byte[] aad,
      @Nullable KmipRefusedException first)
      throws KmipException {
    try {
      return sealed(
          ask(host, Encrypt.of(id, GCM.withRandomIv(), plain, null, aad)), id, plain.length, null);
    } catch (KmipRefusedException refused) {
      throw first == null ? refused : first;
    }
  }

  /** Nothing but what has the form of GCM is taken for it. */
  private static Sealed sealed(
      Reply<Encrypt.Result> reply, String id, int length, byte @Nullable [] given) {
    Encrypt.Result made = reply.result();
    TtlvItem.Bytes told = made.nonce();
    byte[] nonce = told == null ? given : told.value();
    TtlvItem.Bytes tag = made.tag();
    byte[] all = tag == null ? made.data().value() : join(made.data().value(), tag.value());
    if (nonce == null
        || nonce.length < NONCE
        || nonce.length > BLOCK
        || all.length != length + TAG) {
      throw new KeyConfigException(
          "Encrypt of key %s on host %s gave %d bytes of data and tag for %d, and %s: that is not GCM with a tag of 16 bytes"
              .formatted(
                  id,
                  reply.host(),
                  all.length,
                  length,
                  nonce == null ? "no nonce" : "a nonce of " + nonce.length));
    }
    return new Sealed(reply.host(), nonce, all);
  }

  private static byte[] join(byte[] data, byte[] tag) {
    return ByteBuffer.allocate(data.length + tag.length).put(data).put(tag).array();
  }

  /**
   * Opens.
   *
   * @param host null: the first that answers
   */
  Opened open(@Nullable KmipHost host, String id, byte[] nonce, byte[] aad, byte[] sealed)
      throws KmipException {
    boolean joined = tagInData;
    try {
      return opened(host, id, nonce, aad, sealed, joined);
    } catch (KmipRefusedException first) {
      Opened other;
      try {
        other = opened(host, id, nonce, aad, sealed, !joined);
      } catch (KmipRefusedException second) {
        throw first;
      }
      tagInData = !joined;
      return other;
    }
  }

  private Opened opened(
      @Nullable KmipHost host, String id, byte[] nonce, byte[] aad, byte[] sealed, boolean joined)
      throws KmipException {
    int length = sealed.length - TAG;
    Decrypt decrypt =
        joined
            ? Decrypt.of(id, GCM, sealed, nonce, aad, null)
            : Decrypt.of(
                id,
                GCM,
                Arrays.copyOf(sealed, length),
                nonce,
                aad,
                Arrays.copyOfRange(sealed, length, sealed.length));
    Reply<SecretBytes> reply = ask(host, decrypt);
    try (SecretBytes plain = reply.result()) {
      if (plain.length() != length) {
        throw new KmipProtocolException(
            "Decrypt of key " + id + " made " + plain.length() + " bytes of " + length);
      }
      return new Opened(reply.host(), plain.copy());
    }
  }

  /**
   * What a host does with what was sealed there that GCM does not; null: nothing.
   *
   * @param plain what was sealed
   */
  @Nullable String flaw(
      KmipHost host, String id, byte[] nonce, byte[] aad, byte[] sealed, byte[] plain)
      throws KmipException {
    if (opens(host, id, nonce, aad, changed(sealed))) {
      return "opens what has another tag";
    }
    if (opens(host, id, nonce, changed(aad), sealed)) {
      return "does not authenticate additional data";
    }
    // Last, for a host that has failed meanwhile refuses everything.
    byte[] back = open(host, id, nonce, aad, sealed).plain();
    boolean same = MessageDigest.isEqual(back, plain);
    Arrays.fill(back, (byte) 0);
    return same ? null : "opens to something else than was sealed";
  }

  private boolean opens(KmipHost host, String id, byte[] nonce, byte[] aad, byte[] sealed)
      throws KmipException {
    try {
      Arrays.fill(open(host, id, nonce, aad, sealed).plain(), (byte) 0);
      return true;
    } catch (KmipRefusedException refused) {
      return false;
    }
  }

  /** In its last bit: a tag that is compared in part is so from its beginning. */
  private static byte[] changed(byte[] bytes) {
    byte[] other = bytes.clone();
    other[other.length - 1] ^= 1;
    return other;
  }
}
