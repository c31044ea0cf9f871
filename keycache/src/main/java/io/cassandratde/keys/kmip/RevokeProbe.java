package io.cassandratde.keys.kmip;

import io.cassandratde.kmip.KeyState;
import io.cassandratde.kmip.KmipClient;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.KmipUnavailableException;
import io.cassandratde.kmip.RevocationReason;
import io.cassandratde.kmip.operation.Activate;
import io.cassandratde.kmip.operation.Destroy;
import io.cassandratde.kmip.operation.Get;
import io.cassandratde.kmip.operation.Revoke;
import java.util.ArrayList;
import java.util.List;

/**
 * Before a real revoke: make a throwaway key, revoke it and read it (docs/RULES.md R17). Some
 * servers, and some policies, give out Active keys only; there, a revoke would make all data under
 * the key unreadable at the next restart.
 */
final class RevokeProbe {

  private final KmipClient client;
  private final KmipClient nodes;
  private final KeyCatalog catalog;
  private final KeyFactory factory;

  /**
   * A probe.
   *
   * @param client under the identity that revokes
   * @param nodes under the one that must be able to read
   */
  RevokeProbe(KmipClient client, KmipClient nodes, KeyCatalog catalog, KeyFactory factory) {
    this.client = client;
    this.nodes = nodes;
    this.catalog = catalog;
    this.factory = factory;
  }

  /**
   * Returns warnings; throws when the probe key could not be read, or no probe could be made.
   *
   * @throws KmipUnavailableException no server answered, which says nothing about revoked keys
   */
  List<String> run(String group, RevocationReason reason)
      throws DeactivatedKeysNotServedException, KmipUnavailableException {
    String id;
    try {
      id = factory.createProbe();
    } catch (KmipUnavailableException e) {
      throw away(e, "");
    } catch (KmipException e) {
      throw new DeactivatedKeysNotServedException(
          "no throwaway key could be made in group "
              + group
              + " to find out whether its servers still give out revoked keys, so nothing was revoked"
              + " (--force revokes without the probe): "
              + e.getMessage());
    }
    List<String> warnings = new ArrayList<>();
    try {
      KeyFacts probe = catalog.facts(id);
      if (KeySelection.isDataKey(probe)) {
        throw new DeactivatedKeysNotServedException(
            "the throwaway key "
                + id
                + " of group "
                + group
                + " cannot be told from a data key (the server keeps neither its name"
                + " nor its usage mask), so nodes could seal with it; nothing was revoked; --force revokes without the probe");
      }
      if (probe.state() != KeyState.ACTIVE) {
        nodes.call(new Activate(id));
      }
      client.call(new Revoke(id, reason, "probe before a revoke", null));
      nodes.call(new Get(id)).close();
    } catch (KmipUnavailableException e) {
      throw away(e, "; the throwaway key " + id + " of the probe may be left there");
    } catch (KmipException e) {
      throw new DeactivatedKeysNotServedException(
          "a revoked throwaway key could not be read back from group "
              + group
              + ", so nothing was revoked: data under the key would be lost to this identity (--force revokes all the same): "
              + e.getMessage());
    } finally {
      remove(id, warnings);
    }
    return warnings;
  }

  private static KmipUnavailableException away(KmipUnavailableException e, String besides) {
    return new KmipUnavailableException(
        "nothing was revoked, for the probe before it found no server"
            + besides
            + ": "
            + e.getMessage(),
        e.reasons(),
        e.silent());
  }

  private void remove(String id, List<String> warnings) {
    try {
      client.call(new Destroy(id));
    } catch (KmipException e) {
      warnings.add(
          "the throwaway key " + id + " of the probe could not be removed: " + e.getMessage());
    }
  }
}
