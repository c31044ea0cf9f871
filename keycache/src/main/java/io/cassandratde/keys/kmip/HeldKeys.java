package io.cassandratde.keys.kmip;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.HeldKey;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.SealCount;
import io.cassandratde.keys.WrongKeyException;
import io.cassandratde.keys.master.KeyBinding;
import io.cassandratde.keys.master.WrappedKey;
import io.cassandratde.kmip.KmipClient;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.KmipHost;
import io.cassandratde.kmip.KmipNotFoundException;
import io.cassandratde.kmip.KmipRefusedException;
import io.cassandratde.kmip.OperationCode;
import io.cassandratde.kmip.ProtocolVersion;
import io.cassandratde.kmip.QueryFunction;
import io.cassandratde.kmip.Reply;
import io.cassandratde.kmip.operation.Query;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/**
 * Keys that stay on their servers and wrap there. Each is told from others by its id and by a check
 * value that its server computes ({@link ServerCipher#checkValue}).
 */
final class HeldKeys implements KeyAccess {

  private static final int TAG = 16;

  private final KmipClient client;
  private final ServerCipher cipher;
  private final String group;
  private final SealCount seals;
  private final Set<KmipHost> capable = ConcurrentHashMap.newKeySet();
  private final Set<Proof> proven = ConcurrentHashMap.newKeySet();

  /** That a host refuses, by this key, what was changed. */
  private record Proof(KmipHost host, KeyReference key) {}

  HeldKeys(KmipClient client, SealCount seals) {
    this.seals = seals;
    this.client = client;
    this.cipher = new ServerCipher(client);
    this.group = client.settings().group();
  }

  @Override
  public DataKey key(@Nullable KmipHost host, int groupTag, String id) throws KmipException {
    requireCapable(host);
    KeyReference reference = new KeyReference(groupTag, id, cipher.checkValue(host, id));
    return new HeldKey(reference, CipherSpec.AES_256.bits(), new MasterKeyOnly());
  }

  /**
   * Asks each host once, and again what it said it cannot.
   *
   * @param host null: any
   * @throws KeyConfigException it can not wrap
   */
  void requireCapable(@Nullable KmipHost host) throws KmipException {
    if (host == null ? !capable.isEmpty() : capable.contains(host)) {
      return;
    }
    Query query = new Query(QueryFunction.OPERATIONS);
    Reply<Query.Result> reply =
        host == null ? client.exchange(query) : client.exchangeOn(host, query);
    String lack = null;
    if (!reply.version().isAtLeast(ProtocolVersion.V1_4)) {
      lack = "speaks KMIP " + reply.version() + " with us, and additional data need 1.4";
    } else if (!reply
        .result()
        .operations()
        .containsAll(List.of(OperationCode.ENCRYPT, OperationCode.DECRYPT))) {
      lack = "has not both of Encrypt and Decrypt";
    }
    if (lack != null) {
      throw new KeyConfigException(
          "host %s of group %s %s, so no master key can wrap there: take wrap_at: server out of replicated_keys.master_keys (nodes then fetch the key), or use servers that have it"
              .formatted(reply.host(), group, lack));
    }
    capable.add(reply.host());
  }

  WrappedKey wrap(KeyReference by, byte[] material, KeyBinding binding) {
    String doing = "group " + group + " does not wrap by " + by;
    try {
      requireCapable(null);
      byte[] aad = WrappedKey.aad(WrappedKey.stem(WrappedKey.Method.SERVER, by), binding);
      ServerCipher.Sealed sealed = sealOnAnyHost(by, material, aad);
      // A host may have another key under this id: what it wrapped would never open.
      requireSame(by, sealed.host());
      requireProven(by, sealed.host(), sealed.nonce(), aad, sealed.dataAndTag(), material);
      return WrappedKey.of(WrappedKey.Method.SERVER, by, sealed.nonce(), sealed.dataAndTag());
    } catch (KmipException e) {
      throw KmipFailures.translate(doing, e);
    }
  }

  /** Has each host show it once for each key. */
  private void requireProven(
      KeyReference by, KmipHost host, byte[] nonce, byte[] aad, byte[] sealed, byte[] plain)
      throws KmipException {
    if (!proven.contains(new Proof(host, by))) {
      requireSound(by, host, nonce, aad, sealed, plain);
    }
  }

  /**
   * Has a host show that it opens what was sealed, and nothing that was changed. The canary is what
   * the caller has at hand, for a key that is no more Active seals none.
   *
   * @throws KeyConfigException the host does not
   */
  private void requireSound(
      KeyReference by, KmipHost host, byte[] nonce, byte[] aad, byte[] sealed, byte[] plain)
      throws KmipException {
    String flaw = cipher.flaw(host, by.keyId(), nonce, aad, sealed, plain);
    if (flaw != null) {
      throw new KeyConfigException(
          "host %s of group %s %s by %s, so no master key can wrap or unwrap there: take wrap_at: server out of replicated_keys.master_keys (nodes then fetch the key), or the host out of the group, or have it do AES-GCM with tags of 16 bytes"
              .formatted(host, group, flaw, by));
    }
    proven.add(new Proof(host, by));
  }

  private byte[] openProven(
      @Nullable KmipHost host, KeyReference by, WrappedKey wrapped, byte[] aad)
      throws KmipException {
    ServerCipher.Opened opened =
        cipher.open(host, by.keyId(), wrapped.fresh(), aad, wrapped.sealed());
    boolean taken = false;
    try {
      requireProven(by, opened.host(), wrapped.fresh(), aad, wrapped.sealed(), opened.plain());
      taken = true;
      return opened.plain();
    } finally {
      if (!taken) {
        Arrays.fill(opened.plain(), (byte) 0);
      }
    }
  }

  private ServerCipher.Sealed sealOnAnyHost(KeyReference by, byte[] material, byte[] aad)
      throws KmipException {
    String id = by.keyId();
    countSeal(by);
    try {
      return cipher.seal(null, id, material, aad);
    } catch (KmipNotFoundException first) {
      for (KmipHost host : client.settings().hosts()) {
        try {
          return cipher.seal(host, id, material, aad);
        } catch (KmipException unknown) {
          // The next one may have it; that the first has not is told else.
        }
      }
      throw first;
    }
  }

  private void countSeal(KeyReference by) {
    seals.add(by, "group " + group);
  }

  private void requireSame(KeyReference wanted, KmipHost host) throws KmipException {
    int checkValue =
        cipher.checkValue(client.settings().hosts().size() == 1 ? null : host, wanted.keyId());
    if (checkValue != wanted.checkValue()) {
      throw wrong(wanted, checkValue, host);
    }
  }

  private WrongKeyException wrong(KeyReference wanted, int checkValue, KmipHost host) {
    return new WrongKeyException(
        "%s is another key on host %s of group %s (its check value there is %08x): look for a restored or different server"
            .formatted(wanted, host, group, checkValue));
  }

  /**
   * Opens on whichever host has the key.
   *
   * @throws AEADBadTagException it is not what was wrapped, by a host that has this very key and
   *     has shown that it works
   */
  byte[] open(WrappedKey wrapped, KeyBinding binding) throws AEADBadTagException {
    KeyReference by = wrapped.masterKey();
    byte[] aad = WrappedKey.aad(wrapped.stem(), binding);
    try {
      return openProven(null, by, wrapped, aad);
    } catch (KmipNotFoundException | KmipRefusedException e) {
      return openOnAnyHost(by, wrapped, aad);
    } catch (KmipException e) {
      throw KmipFailures.translate("group " + group + " does not unwrap by " + by, e);
    }
  }

  private byte[] openOnAnyHost(KeyReference by, WrappedKey wrapped, byte[] aad)
      throws AEADBadTagException {
    String doing = "group " + group + " does not unwrap by " + by;
    List<String> unclear = new ArrayList<>();
    WrongKeyException wrong = null;
    for (KmipHost host : client.settings().hosts()) {
      try {
        requireCapable(host);
        return openProven(host, by, wrapped, aad);
      } catch (KmipNotFoundException notThere) {
        // The next host may have it.
      } catch (KmipRefusedException refusal) {
        try {
          int checkValue = cipher.checkValue(host, by.keyId());
          if (checkValue != by.checkValue()) {
            wrong = wrong(by, checkValue, host);
          } else {
            countSeal(by);
            // No outage, and nothing that the host does not take, may be told as damage.
            byte[] zeroes = new byte[wrapped.sealed().length - TAG];
            ServerCipher.Sealed canary = cipher.seal(host, by.keyId(), zeroes, aad);
            requireSound(by, host, canary.nonce(), aad, canary.dataAndTag(), zeroes);
            throw new AEADBadTagException("not what was wrapped by " + by);
          }
        } catch (KmipException e) {
          // A key that is no more Active does not encrypt, so nothing tells damage from the rest.
          unclear.add(
              "%s (%s; and then: %s)".formatted(host, refusal.getMessage(), e.getMessage()));
        }
      } catch (KmipException e) {
        unclear.add("%s (%s)".formatted(host, e.getMessage()));
      }
    }
    if (!unclear.isEmpty()) {
      throw new KeyUnavailableException(doing + ": " + String.join(", ", unclear));
    }
    throw wrong != null ? wrong : new KeyNotFoundException(doing + " (all hosts asked)");
  }

  /** Tables come by keys that are given out. */
  private static final class MasterKeyOnly implements HeldKey.Keeper {
    @Override
    public byte[] seal(KeyReference key, byte[] nonce, byte[] aad, byte[] plain) {
      throw refusal(key);
    }

    @Override
    public byte[] open(KeyReference key, byte[] nonce, byte[] aad, byte[] sealed) {
      throw refusal(key);
    }

    private static KeyConfigException refusal(KeyReference key) {
      return new KeyConfigException(key + " wraps replicated keys, and none of SSTables");
    }
  }
}
