package io.cassandratde.keys.kmip;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.WrongKeyException;
import io.cassandratde.kmip.KmipClient;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.KmipHost;
import io.cassandratde.kmip.KmipNotFoundException;
import io.cassandratde.kmip.KmipProtocolException;
import io.cassandratde.kmip.KmipTlsException;
import io.cassandratde.kmip.KmipUnavailableException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds keys: for opening, wherever they are; for sealing, proved on every reachable host
 * (docs/RULES.md R15).
 */
final class KeyReader {

  private final KmipClient client;
  private final KeyAccess keys;
  private final String group;

  KeyReader(KmipClient client, KeyAccess keys) {
    this.client = client;
    this.keys = keys;
    this.group = client.settings().group();
  }

  /**
   * @param unreachable hosts that did not answer, with the reason
   */
  record Proof(DataKey key, int confirmed, List<String> unreachable) {}

  /** From the first host that answers. */
  DataKey read(int groupTag, String id) throws KmipException {
    return keys.key(null, groupTag, id);
  }

  /**
   * The named key from whichever host has it. A host that lacks it, or has another one under its
   * id, does not end the search. Gives the wrong key if there is no right one: the caller compares
   * check values.
   */
  DataKey search(KeyReference wanted) {
    String doing = "group " + group + " does not give " + wanted;
    DataKey wrong = null;
    KmipException first;
    try {
      DataKey key = read(wanted.groupTag(), wanted.keyId());
      if (key.reference().equals(wanted) || client.settings().hosts().size() == 1) {
        return key;
      }
      wrong = key;
      first = null;
    } catch (KmipNotFoundException notThere) {
      if (client.settings().hosts().size() == 1) {
        throw KmipFailures.translate(doing, notThere);
      }
      first = notThere;
    } catch (KmipException e) {
      throw KmipFailures.translate(doing, e);
    }
    return searchEverywhere(wanted, wrong, doing, first);
  }

  private DataKey searchEverywhere(
      KeyReference wanted, @Nullable DataKey wrong, String doing, @Nullable KmipException first) {
    List<String> silent = new ArrayList<>();
    for (KmipHost host : client.settings().hosts()) {
      try {
        DataKey key = keys.key(host, wanted.groupTag(), wanted.keyId());
        if (key.reference().equals(wanted)) {
          retire(wrong);
          return key;
        }
        retire(wrong);
        wrong = key;
      } catch (KmipNotFoundException notThere) {
        // The next host may have it.
      } catch (KmipException e) {
        silent.add(host + " (" + e.getMessage() + ")");
      }
    }
    if (wrong != null) {
      return wrong;
    }
    if (!silent.isEmpty()) {
      throw new KeyUnavailableException(
          doing
              + ": no host that answered has it; it may be on one that did not: "
              + String.join(", ", silent));
    }
    throw first == null
        ? new KeyNotFoundException(doing)
        : new KeyNotFoundException(doing + " (all hosts asked)", first);
  }

  private static void retire(@Nullable DataKey key) {
    if (key != null) {
      key.retire();
    }
  }

  /**
   * Reads the key on a fresh connection from every host that answers. A host that answers without
   * it, or with another one, fails the proof: sealing under a key that one host alone has is data
   * lost later.
   */
  Proof prove(int groupTag, String id) {
    DataKey proved = null;
    KmipHost on = null;
    int confirmed = 0;
    List<String> unreachable = new ArrayList<>();
    try {
      for (KmipHost host : client.settings().hosts()) {
        DataKey key;
        try {
          key = keys.key(host, groupTag, id);
        } catch (KmipUnavailableException | KmipTlsException | KmipProtocolException e) {
          unreachable.add(host + " (" + e.getMessage() + ")");
          continue;
        }
        confirmed++;
        if (proved == null) {
          proved = key;
          on = host;
        } else {
          boolean same = proved.reference().equals(key.reference());
          key.retire();
          if (!same) {
            throw new WrongKeyException(
                "hosts %s and %s of group %s hold different keys under id %s: they are not replicas of each other; correct kmip_hosts"
                    .formatted(on, host, group, id));
          }
        }
      }
    } catch (KmipNotFoundException e) {
      retire(proved);
      throw new KeyUnavailableException(
          "key "
              + id
              + " of group "
              + group
              + " is not on every reachable host yet, so nothing is sealed with it",
          e);
    } catch (KmipException e) {
      retire(proved);
      throw KmipFailures.translate("key " + id + " of group " + group + " cannot be read back", e);
    } catch (KeyException e) {
      retire(proved);
      throw e;
    }
    if (proved == null) {
      throw new KeyUnavailableException(
          "no host of group " + group + " answers: " + String.join(", ", unreachable));
    }
    return new Proof(proved, confirmed, unreachable);
  }
}
