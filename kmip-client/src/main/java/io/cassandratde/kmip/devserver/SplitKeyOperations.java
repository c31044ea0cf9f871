package io.cassandratde.kmip.devserver;

import io.cassandratde.kmip.devserver.KmipFailure.Reason;
import io.cassandratde.kmip.ttlv.TtlvItem;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** CreateSplitKey and JoinSplitKey by XOR and by Shamir's polynomials over GF(2^8). */
final class SplitKeyOperations {
  private static final int METHOD_XOR = 1;
  private static final int METHOD_POLYNOMIAL_GF_2_8 = 4;

  /** x^8 + x^4 + x^3 + x^2 + 1 (KMIP 1.4 specification, 2.2.5); not the polynomial of AES. */
  private static final int FIELD_POLYNOMIAL = 0x11D;

  private static final int MAX_PARTS = 255;

  /** One part: the abscissa, and an ordinate for every byte of the key. */
  // A pair that is never compared.
  @SuppressWarnings("ArrayRecordComponent")
  private record Share(int x, byte[] y) {}

  private SplitKeyOperations() {}

  static TtlvItem createSplitKey(Fields payload, Exchange exchange) {
    int parts = payload.requireInteger("SplitKeyParts");
    int threshold = payload.requireInteger("SplitKeyThreshold");
    int method = payload.requireInteger("SplitKeyMethod");
    if (parts < 2 || parts > MAX_PARTS || threshold < 2 || threshold > parts) {
      throw new KmipFailure(Reason.INVALID_FIELD, "2 <= threshold <= parts <= 255 is required");
    }
    ManagedObject whole = exchange.liveObject(payload);
    byte[] secret = KeyBlocks.material(whole, exchange);
    List<Share> shares =
        switch (method) {
          case METHOD_XOR -> xorShares(secret, parts, exchange.random());
          case METHOD_POLYNOMIAL_GF_2_8 ->
              polynomialShares(secret, parts, threshold, exchange.random());
          default ->
              throw new KmipFailure(Reason.FEATURE_NOT_SUPPORTED, "split key method " + method);
        };
    Build answer = new Build("ResponsePayload");
    for (Share share : shares) {
      Integer algorithm = whole.number("Cryptographic Algorithm");
      Integer bits = whole.number("Cryptographic Length");
      Build block =
          new Build("KeyBlock")
              .enumeration("KeyFormatType", KeyBlocks.FORMAT_RAW)
              .item(KeyBlocks.rawValue(share.y()));
      if (algorithm != null && bits != null) {
        block.enumeration("CryptographicAlgorithm", algorithm).integer("CryptographicLength", bits);
      }
      TtlvItem body =
          new Build("SplitKey")
              .integer("SplitKeyParts", parts)
              .integer("KeyPartIdentifier", share.x())
              .integer("SplitKeyThreshold", threshold)
              .enumeration("SplitKeyMethod", method)
              .structure(block)
              .build();
      ManagedObject part = CreationOperations.newObject(ObjectType.SPLIT_KEY, body, exchange);
      new AttributeAccess(exchange)
          .initialize(part, new AttributeForms(exchange).template(payload));
      CreationOperations.admit(part, true, exchange);
      answer.text("UniqueIdentifier", part.id());
    }
    return answer.build();
  }

  static TtlvItem joinSplitKey(Fields payload, Exchange exchange) {
    List<Share> shares = new ArrayList<>();
    @Nullable Fields first = null;
    Set<Integer> seen = new HashSet<>();
    for (TtlvItem identifier : payload.items("UniqueIdentifier")) {
      ManagedObject part = exchange.object(identifier);
      Fields body = Fields.of(part.body());
      if (part.type() != ObjectType.SPLIT_KEY || part.body() == null) {
        throw new KmipFailure(Reason.INVALID_FIELD, "object " + part.id() + " is no split key");
      }
      first = first == null ? body : first;
      int x = body.requireInteger("KeyPartIdentifier");
      if (seen.add(x)) {
        shares.add(new Share(x, KeyBlocks.material(part, exchange)));
      }
    }
    if (first == null) {
      throw new KmipFailure(Reason.MISSING_DATA, "no split key is named");
    }
    boolean xor = first.requireInteger("SplitKeyMethod") == METHOD_XOR;
    int needed = first.requireInteger(xor ? "SplitKeyParts" : "SplitKeyThreshold");
    if (shares.size() < needed) {
      throw new KmipFailure(
          Reason.CRYPTOGRAPHIC_FAILURE, needed + " parts are needed, got " + shares.size());
    }
    byte[] secret = xor ? xorSecret(shares) : polynomialSecret(shares.subList(0, needed));
    ObjectType type = ObjectType.of(payload.requireInteger("ObjectType"));
    ManagedObject whole = CreationOperations.newObject(type, null, exchange);
    new AttributeAccess(exchange).initialize(whole, new AttributeForms(exchange).template(payload));
    whole.body(
        KeyBlocks.body(
            type,
            KeyBlocks.FORMAT_RAW,
            KeyBlocks.rawValue(secret),
            whole.number("Cryptographic Algorithm"),
            whole.number("Cryptographic Length"),
            null));
    whole.set("Digest", KeyBlocks.digest(secret, KeyBlocks.FORMAT_RAW));
    CreationOperations.admit(whole, false, exchange);
    return new Build("ResponsePayload").text("UniqueIdentifier", whole.id()).build();
  }

  private static List<Share> xorShares(byte[] secret, int parts, SecureRandom random) {
    List<Share> shares = new ArrayList<>();
    byte[] rest = secret.clone();
    for (int x = 1; x < parts; x++) {
      byte[] share = new byte[secret.length];
      random.nextBytes(share);
      xorInto(rest, share);
      shares.add(new Share(x, share));
    }
    shares.add(new Share(parts, rest));
    return shares;
  }

  private static byte[] xorSecret(List<Share> shares) {
    byte[] secret = new byte[shares.get(0).y().length];
    shares.forEach(share -> xorInto(secret, share.y()));
    return secret;
  }

  private static void xorInto(byte[] target, byte[] other) {
    for (int i = 0; i < target.length; i++) {
      target[i] ^= other[i];
    }
  }

  private static List<Share> polynomialShares(
      byte[] secret, int parts, int threshold, SecureRandom random) {
    byte[][] coefficients = new byte[threshold][];
    coefficients[0] = secret;
    for (int power = 1; power < threshold; power++) {
      coefficients[power] = new byte[secret.length];
      random.nextBytes(coefficients[power]);
    }
    List<Share> shares = new ArrayList<>();
    for (int x = 1; x <= parts; x++) {
      byte[] y = new byte[secret.length];
      for (int i = 0; i < y.length; i++) {
        int sum = 0;
        for (int power = threshold - 1; power >= 0; power--) {
          sum = multiply(sum, x) ^ (coefficients[power][i] & 0xff);
        }
        y[i] = (byte) sum;
      }
      shares.add(new Share(x, y));
    }
    return shares;
  }

  /** Lagrange's interpolation at 0. */
  private static byte[] polynomialSecret(List<Share> shares) {
    byte[] secret = new byte[shares.get(0).y().length];
    for (Share share : shares) {
      int weight = 1;
      for (Share other : shares) {
        if (other.x() != share.x()) {
          weight = multiply(weight, multiply(other.x(), inverse(other.x() ^ share.x())));
        }
      }
      for (int i = 0; i < secret.length; i++) {
        secret[i] ^= (byte) multiply(weight, share.y()[i] & 0xff);
      }
    }
    return secret;
  }

  private static int multiply(int a, int b) {
    int product = 0;
    for (int bit = 0; bit < 8; bit++) {
      if ((b >> bit & 1) != 0) {
        product ^= a << bit;
      }
    }
    for (int bit = 14; bit >= 8; bit--) {
      if ((product >> bit & 1) != 0) {
        product ^= FIELD_POLYNOMIAL << (bit - 8);
      }
    }
    return product;
  }

  /** a^254, as a^255 = 1. */
  private static int inverse(int a) {
    int power = 1;
    for (int i = 0; i < 254; i++) {
      power = multiply(power, a);
    }
    return power;
  }
}
