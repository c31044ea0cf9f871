package io.cassandratde.tools.backup;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyAccessDeniedException;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.config.KmipGroupConfig;
import io.cassandratde.keys.kmip.KeyVerdict;
import io.cassandratde.keys.kmip.KmipKeyProvider;
import io.cassandratde.tools.backup.KeyCheck.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Asks the servers of a KMIP group as a node would, by questions alone: nothing there changes. */
final class KmipKeys {

  private KmipKeys() {}

  static List<KeyCheck> check(KmipGroupConfig group, List<NeededKey> keys, Hkdf hkdf) {
    List<KeyCheck> checks = new ArrayList<>();
    try (KmipKeyProvider servers = KmipKeyProvider.open(Map.of(group.name(), group), hkdf)) {
      Set<String> ids = new TreeSet<>();
      keys.forEach(key -> ids.add(key.reference().keyId()));
      Map<String, KeyVerdict> verdicts = servers.verdicts(group.name(), ids);
      KeySpec spec = KeySpec.kmip(group.name(), null, CipherSpec.AES_256);
      for (NeededKey key : keys) {
        checks.add(check(servers, spec, key, verdicts.get(key.reference().keyId())));
      }
      return checks;
    } catch (KeyException nobody) {
      String why = String.valueOf(nobody.getMessage());
      return keys.stream().map(key -> new KeyCheck(key, Outcome.NOT_ASKED, null, why)).toList();
    }
  }

  /** What counts is whether the key comes; the verdict tells its state, and that it is gone. */
  private static KeyCheck check(
      KmipKeyProvider servers, KeySpec spec, NeededKey key, @Nullable KeyVerdict verdict) {
    boolean gone = verdict != null && verdict.answer() == KeyVerdict.Answer.GONE;
    String state = verdict == null || verdict.state() == null ? null : verdict.state().label();
    try {
      DataKey there = servers.byId(spec, key.reference());
      KeyReference found = there.reference();
      there.retire();
      return found.equals(key.reference())
          ? KeyCheck.opens(key, state)
          : new KeyCheck(
              key,
              Outcome.WRONG_KEY,
              state,
              "group %s has another key under this id, with the check value %08x: connect the server that the backup was made with"
                  .formatted(spec.group(), found.checkValue()));
    } catch (KeyException e) {
      Outcome outcome = gone ? Outcome.LOST : outcome(servers, spec.group(), key, e);
      return new KeyCheck(key, outcome, state, String.valueOf(e.getMessage()));
    }
  }

  /**
   * A refusal for a reason of the server's own, such as a policy on deactivated keys, looks like an
   * outage to a node; a server that goes on answering tells the two apart.
   */
  private static Outcome outcome(
      KmipKeyProvider servers, String group, NeededKey key, KeyException failure) {
    if (failure instanceof KeyNotFoundException) {
      return Outcome.LOST;
    }
    if (failure instanceof KeyAccessDeniedException) {
      return Outcome.REFUSED;
    }
    if (!answers(servers, group, key.reference().keyId())) {
      return Outcome.NOT_ASKED;
    }
    // The servers can be spoken to, so what is unusable is what came as the key.
    return failure instanceof KeyConfigException ? Outcome.WRONG_KEY : Outcome.REFUSED;
  }

  private static boolean answers(KmipKeyProvider servers, String group, String id) {
    try {
      KeyVerdict verdict = servers.verdicts(group, Set.of(id)).get(id);
      return verdict != null && verdict.answer() == KeyVerdict.Answer.THERE;
    } catch (KeyException nobody) {
      return false;
    }
  }
}
