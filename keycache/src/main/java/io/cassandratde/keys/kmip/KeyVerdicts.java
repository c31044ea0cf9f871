package io.cassandratde.keys.kmip;

import io.cassandratde.kmip.KmipAccessDeniedException;
import io.cassandratde.kmip.KmipClient;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.KmipHost;
import io.cassandratde.kmip.KmipNotFoundException;
import io.cassandratde.kmip.operation.GetAttributes;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Asks a group what has become of keys that it gave once. */
final class KeyVerdicts {

  private final KmipClient client;
  private final AttributeQuestions questions;

  KeyVerdicts(KmipClient client) {
    this.client = client;
    this.questions = new AttributeQuestions(client);
  }

  /** A verdict for each of these keys; an outage of the whole group is thrown. */
  Map<String, KeyVerdict> of(Collection<String> ids) throws KmipException {
    List<String> each = List.copyOf(ids);
    Map<String, KeyVerdict> verdicts = new LinkedHashMap<>();
    for (KeyFacts facts : questions.ask(each, done -> {})) {
      verdicts.put(facts.id(), KeyVerdict.of(facts.state()));
    }
    for (String id : each) {
      if (!verdicts.containsKey(id)) {
        verdicts.put(id, onAnyHost(id));
      }
    }
    return verdicts;
  }

  /** Gone only when all say so: a host that was restored from an old backup lacks keys. */
  private KeyVerdict onAnyHost(String id) {
    boolean denied = false;
    boolean open = false;
    for (KmipHost host : client.settings().hosts()) {
      try {
        return KeyVerdict.of(client.exchangeOn(host, new GetAttributes(id)).result().state());
      } catch (KmipNotFoundException notThere) {
        // The next host may have it.
      } catch (KmipAccessDeniedException e) {
        denied = true;
      } catch (KmipException unknown) {
        open = true;
      }
    }
    return denied ? KeyVerdict.DENIED : open ? KeyVerdict.OPEN : KeyVerdict.GONE;
  }
}
