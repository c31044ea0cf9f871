package io.cassandratde.keys.kmip;

import static io.cassandratde.keys.kmip.KeyAdministration.destroyed;
import static io.cassandratde.keys.kmip.KeyAdministration.label;

import io.cassandratde.kmip.KeyState;
import io.cassandratde.kmip.KmipAccessDeniedException;
import io.cassandratde.kmip.KmipClient;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.KmipHost;
import io.cassandratde.kmip.KmipNotFoundException;
import io.cassandratde.kmip.KmipRefusedException;
import io.cassandratde.kmip.operation.Destroy;
import io.cassandratde.kmip.operation.Get;
import io.cassandratde.kmip.operation.GetAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Destroys a key and sees that it is gone on every host. */
final class KeyDestruction {

  private final KmipClient client;
  private final RevokeNotice notice;

  KeyDestruction(KmipClient client, RevokeNotice notice) {
    this.client = client;
    this.notice = notice;
  }

  List<String> run(KeyAdministration.Look look, boolean force)
      throws KmipException, AdministrationException {
    String id = look.key().id();
    KeyState state = look.key().state();
    if (destroyed(state)) {
      return List.of("key " + id + " is " + label(state) + " already; nothing was done");
    }
    List<String> warnings = new ArrayList<>();
    String objection = objection(look);
    if (objection != null && !force) {
      throw new DestroyRefusedException(objection);
    }
    if (objection != null) {
      warnings.add(objection + "; destroyed all the same (--force)");
    } else if (state != KeyState.PRE_ACTIVE && RevokeNotice.revoked(look.attributes()) == null) {
      warnings.add(String.valueOf(notice.warning(look.attributes(), look.time())));
    }
    client.call(new Destroy(id));
    for (KmipHost host : client.settings().hosts()) {
      try {
        verifyGone(host, id);
      } catch (KmipException e) {
        warnings.add(
            "whether " + host + " has forgotten the key too is not known: " + e.getMessage());
      }
    }
    return warnings;
  }

  /**
   * Why it is too early; null when nothing speaks against it. A key that was never Active has
   * sealed nothing.
   */
  @Nullable String objection(KeyAdministration.Look look) {
    String key = "key " + look.key().id();
    KeyState state = look.key().state();
    if (state == KeyState.PRE_ACTIVE || destroyed(state)) {
      return null;
    }
    if (state != KeyState.DEACTIVATED && state != KeyState.COMPROMISED) {
      return key + " is " + label(state) + ", so nodes may be sealing with it: revoke it first";
    }
    Instant revoked = RevokeNotice.revoked(look.attributes());
    String notYet = notice.warning(look.attributes(), look.time());
    return revoked == null || notYet == null
        ? null
        : key + " was revoked at " + revoked + ", and " + notYet;
  }

  /**
   * Only "not found", or the state, shows that a key is gone: a host refuses Get for other reasons
   * too, such as a policy on deactivated keys.
   */
  private void verifyGone(KmipHost host, String id) throws KmipException, NotVerifiedException {
    KmipException refusal;
    try (Get.Result there = client.exchangeOn(host, new Get(id)).result()) {
      throw new NotVerifiedException(
          "key %s was destroyed, but %s still gives it out (%d bits)"
              .formatted(id, host, there.bits()));
    } catch (KmipNotFoundException gone) {
      return;
    } catch (KmipRefusedException | KmipAccessDeniedException e) {
      refusal = e;
    }
    KeyState state;
    try {
      state = client.exchangeOn(host, new GetAttributes(id)).result().state();
    } catch (KmipNotFoundException gone) {
      return;
    }
    if (state == null) {
      throw refusal;
    }
    if (!destroyed(state)) {
      throw new NotVerifiedException(
          "key %s was destroyed, but %s still shows it as %s".formatted(id, host, label(state)));
    }
  }
}
