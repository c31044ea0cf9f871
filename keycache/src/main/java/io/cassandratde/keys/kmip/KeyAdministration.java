package io.cassandratde.keys.kmip;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.GroupTag;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.keys.config.KmipGroupConfig;
import io.cassandratde.kmip.KeyState;
import io.cassandratde.kmip.KmipAccessDeniedException;
import io.cassandratde.kmip.KmipClient;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.KmipHost;
import io.cassandratde.kmip.KmipNotFoundException;
import io.cassandratde.kmip.KmipRefusedException;
import io.cassandratde.kmip.KmipUnavailableException;
import io.cassandratde.kmip.Reply;
import io.cassandratde.kmip.ResultReason;
import io.cassandratde.kmip.RevocationReason;
import io.cassandratde.kmip.attribute.Attribute;
import io.cassandratde.kmip.attribute.AttributeType;
import io.cassandratde.kmip.attribute.Attributes;
import io.cassandratde.kmip.operation.Activate;
import io.cassandratde.kmip.operation.AddAttribute;
import io.cassandratde.kmip.operation.Get;
import io.cassandratde.kmip.operation.GetAttributes;
import io.cassandratde.kmip.operation.ModifyAttribute;
import io.cassandratde.kmip.operation.Revoke;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What operators do with the keys of one group. Every change is read back from the server before it
 * counts as done.
 */
public final class KeyAdministration implements AutoCloseable {

  private static final Set<ResultReason> UNSUPPORTED =
      Set.of(
          ResultReason.OPERATION_NOT_SUPPORTED,
          ResultReason.INVALID_MESSAGE,
          ResultReason.FEATURE_NOT_SUPPORTED,
          ResultReason.UNSUPPORTED_ATTRIBUTE,
          ResultReason.INVALID_ATTRIBUTE,
          ResultReason.UNKNOWN_TAG);

  /** A command may take longer than a node's look. */
  private static final Duration LISTING = Duration.ofMinutes(10);

  /** Under the identity that may revoke and destroy. */
  private final KmipClient client;

  /** Under the nodes' identity, which owns the keys: the same one where there is one identity. */
  private final KmipClient nodes;

  private final KeyCatalog catalog;
  private final KeyFactory factory;
  private final InstantSource clock;
  private final RevokeNotice notice;
  private final KeyDestruction destruction;
  private final String group;

  private KeyAdministration(
      KmipClient client, KmipClient nodes, RevokeNotice notice, InstantSource clock) {
    this.client = client;
    this.nodes = nodes;
    this.clock = clock;
    this.notice = notice;
    this.catalog = new KeyCatalog(client, clock, LISTING);
    this.factory = new KeyFactory(nodes, false);
    this.group = client.settings().group();
    this.destruction = new KeyDestruction(client, notice);
  }

  /** Reads the stores; no network. */
  public static KeyAdministration open(KmipGroupConfig config) throws KmipException {
    KmipClient client = new KmipClient(config.administration());
    KmipClient nodes = config.admin() == null ? client : new KmipClient(config.settings());
    return new KeyAdministration(client, nodes, RevokeNotice.of(config), InstantSource.system());
  }

  /** Keys as one host lists them, in the order of their creation. */
  public record Listing(KmipHost host, List<KeyFacts> keys) {}

  /**
   * A change that was made and verified.
   *
   * @param key as the server has it now
   * @param warnings what the operator should know besides
   */
  public record Changed(KeyFacts key, List<String> warnings) {}

  /** All symmetric keys that this identity can see; with a namespace, those of it alone. */
  public Listing list(@Nullable String namespace) throws KmipException {
    KeyCatalog.Snapshot all = catalog.findAll();
    List<KeyFacts> keys =
        all.keys().stream()
            .filter(key -> namespace == null || namespace.equals(key.namespace()))
            .sorted(KeyFacts.BY_CREATION)
            .toList();
    return new Listing(all.host(), keys);
  }

  /** One key; {@link KmipNotFoundException} when the group has no such key. */
  public KeyFacts get(String id) throws KmipException {
    return catalog.facts(id);
  }

  /**
   * Eight hexadecimal digits that are the same wherever this key is the same, as nodes and
   * manifests tell them; they tell nothing of the key. Empty: the servers have it and do not give
   * it out.
   */
  public String checkValue(String id) throws KmipException {
    try {
      DataKey key =
          new FetchedKeys(nodes, new Hkdf()).key(null, GroupTag.of(ProviderKind.KMIP, group), id);
      try {
        return HexFormat.of().toHexDigits(key.reference().checkValue());
      } finally {
        key.retire();
      }
    } catch (KmipRefusedException
        | KmipAccessDeniedException
        | KmipNotFoundException
        | KeyException e) {
      return "";
    }
  }

  /** As {@link #create(CipherSpec, String, String, String)}, with a name like DSE's. */
  public KeyFacts create(CipherSpec cipher, @Nullable String namespace, @Nullable String template)
      throws KmipException {
    return create(cipher, namespace, template, null);
  }

  /**
   * Makes and activates a key. Being the newest, it becomes the current one of the spec that it
   * matches.
   *
   * @param name null: one like DSE's, {@code <uuid>_0}
   */
  public KeyFacts create(
      CipherSpec cipher,
      @Nullable String namespace,
      @Nullable String template,
      @Nullable String name)
      throws KmipException {
    String id =
        factory.create(cipher, namespace, name == null ? KeyNames.random() : name, template);
    activate(id);
    return catalog.facts(id);
  }

  private void activate(String id) throws KmipException {
    if (catalog.facts(id).state() != KeyState.ACTIVE) {
      nodes.call(new Activate(id));
    }
  }

  /**
   * Makes a key that seals nothing before {@link #activatePrepared}; some servers make it Active at
   * once.
   *
   * @param name {@code <uuid>_<number>}, so that a caller that has died finds what it made
   */
  public KeyFacts prepare(
      CipherSpec cipher, @Nullable String namespace, @Nullable String template, String name)
      throws KmipException {
    return catalog.facts(factory.create(cipher, namespace, name, template));
  }

  /** The key that {@link #prepare} made under this name; null: there is none. */
  public @Nullable KeyFacts prepared(String name) throws KmipException {
    return catalog.findAll().keys().stream()
        .filter(key -> name.equals(KeyNames.withoutNamespace(key.name())))
        .findFirst()
        .orElse(null);
  }

  /** From now on the key is the newest of its spec, and so current. */
  public KeyFacts activatePrepared(String id) throws KmipException, AdministrationException {
    activate(id);
    KeyFacts after = catalog.facts(id);
    if (after.state() != KeyState.ACTIVE) {
      throw new NotVerifiedException(
          "the server accepted to activate key " + id + " and shows it as " + label(after.state()));
    }
    return after;
  }

  /** A key as a server has it, and that server's clock. */
  record Look(Attributes attributes, KeyFacts key, ServerTime time) {}

  private Look look(String id) throws KmipException {
    Instant local = clock.instant();
    Reply<Attributes> reply = client.exchange(new GetAttributes(id));
    return new Look(
        reply.result(),
        KeyCatalog.facts(id, reply.result()),
        ServerTime.of(reply.serverTime(), local));
  }

  private void mustExist(KeyFacts key, String change) throws KeyDestroyedException {
    if (destroyed(key.state())) {
      throw new KeyDestroyedException(
          "key %s of group %s is %s: there is nothing left to %s"
              .formatted(key.id(), group, label(key.state()), change));
    }
  }

  static boolean destroyed(@Nullable KeyState state) {
    return state == KeyState.DESTROYED || state == KeyState.DESTROYED_COMPROMISED;
  }

  /**
   * No new encryption from the date on.
   *
   * @param at null: now, by the server's clock
   */
  public Changed expire(String id, @Nullable Instant at)
      throws KmipException, AdministrationException {
    Look look = look(id);
    KeyFacts before = look.key();
    mustExist(before, "expire");
    Instant end =
        Instant.ofEpochSecond((at == null ? look.time().earliest() : at).getEpochSecond());
    setProtectStop(before, end);
    KeyFacts after = catalog.facts(id);
    if (!end.equals(after.protectStop())) {
      throw new ExpiryUnsupportedException(
          unsupported("it said yes to the date and does not show it"));
    }
    List<String> warnings = new ArrayList<>();
    if (before.state() != KeyState.ACTIVE) {
      warnings.add("key " + id + " is " + label(before.state()) + ", so it did not seal anyway");
    }
    return new Changed(after, warnings);
  }

  private void setProtectStop(KeyFacts key, Instant end)
      throws KmipException, AdministrationException {
    Attribute date =
        Objects.requireNonNull(
            Attributes.builder()
                .protectStopDate(end)
                .build()
                .first(AttributeType.PROTECT_STOP_DATE.specName()));
    try {
      if (key.protectStop() == null) {
        client.call(new AddAttribute(key.id(), date));
      } else {
        client.call(new ModifyAttribute(key.id(), date));
      }
    } catch (KmipRefusedException refused) {
      if (refused.unsupported() || UNSUPPORTED.contains(refused.reason())) {
        throw new ExpiryUnsupportedException(unsupported(String.valueOf(refused.getMessage())));
      }
      throw refused;
    }
  }

  private String unsupported(String why) {
    return "a server of group "
        + group
        + " keeps no Protect Stop Date, so keys cannot expire there ("
        + why
        + "); use `managekmip revoke`: new data then gets a new key, and the old key still opens what it sealed";
  }

  /**
   * Ends the sealing life of a key for good; it still opens.
   *
   * @param force leaves out the probe of docs/RULES.md R17
   */
  public Changed revoke(String id, RevocationReason reason, @Nullable String message, boolean force)
      throws KmipException, AdministrationException {
    Look before = look(id);
    mustExist(before.key(), "revoke");
    KeyState state = before.key().state();
    List<String> warnings = new ArrayList<>();
    if (state == KeyState.DEACTIVATED || state == KeyState.COMPROMISED) {
      warnings.add("key " + id + " is " + label(state) + " already; nothing was done");
      mustBeServed(id);
      return changed(before, warnings);
    }
    if (force) {
      warnings.add(
          "no probe was made (--force): whether this server still serves revoked keys is not known");
    } else {
      warnings.addAll(new RevokeProbe(client, nodes, catalog, factory).run(group, reason));
    }
    client.call(new Revoke(id, reason, message, null));
    Look after = look(id);
    state = after.key().state();
    if (state == null || state == KeyState.ACTIVE || state == KeyState.PRE_ACTIVE) {
      throw new NotVerifiedException(
          "the server accepted the revoke of key " + id + " and still shows it as " + label(state));
    }
    mustBeServed(id);
    return changed(after, warnings);
  }

  /** Also of a key that was revoked before: by a command that could not look any more, maybe. */
  private void mustBeServed(String id) throws KmipUnavailableException, AdministrationException {
    try (Get.Result stillThere = nodes.call(new Get(id))) {
      if (stillThere.bits() == 0) {
        throw new NotVerifiedException("key " + id + " was revoked and comes back empty now");
      }
    } catch (KmipUnavailableException e) {
      throw new KmipUnavailableException(
          "key "
              + id
              + " is revoked; whether it is still served could not be read back (the same command looks again): "
              + e.getMessage(),
          e.reasons(),
          e.silent());
    } catch (KmipException e) {
      throw new NotVerifiedException(
          "key "
              + id
              + " was revoked, and the server does not give it out any more: data under it cannot be read after a"
              + " restart. Change the server's policy now ("
              + e.getMessage()
              + ")");
    }
  }

  private Changed changed(Look revoked, List<String> warnings) {
    String notYet = notice.warning(revoked.attributes(), revoked.time());
    if (notYet != null) {
      warnings.add(notYet);
    }
    return new Changed(revoked.key(), warnings);
  }

  /**
   * Why it is too early to destroy the key, as far as its state and dates tell; null: it is not.
   */
  public @Nullable String objectionToDestroy(String id) throws KmipException {
    return destruction.objection(look(id));
  }

  /** As {@link #destroy(String, boolean)}, without force. */
  public List<String> destroy(String id) throws KmipException, AdministrationException {
    return destroy(id, false);
  }

  /**
   * Destroys for good. What is sealed under the key is lost with it: the caller has proved that
   * there is nothing, or has asked for confirmation. Refused while nodes may still seal under the
   * key, as far as its state and dates tell.
   *
   * @param force destroys all the same, as far as the server lets it
   * @return what the operator should know besides
   */
  public List<String> destroy(String id, boolean force)
      throws KmipException, AdministrationException {
    return destruction.run(look(id), force);
  }

  static String label(@Nullable KeyState state) {
    return state == null ? "in a state that the server does not tell" : state.label();
  }

  @Override
  public void close() {
    nodes.close();
    client.close();
  }
}
