package io.cassandratde.keys.kmip;

import io.cassandratde.kmip.BatchAnswer;
import io.cassandratde.kmip.KmipAccessDeniedException;
import io.cassandratde.kmip.KmipClient;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.KmipNotFoundException;
import io.cassandratde.kmip.attribute.Attributes;
import io.cassandratde.kmip.operation.GetAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a group's servers say about many keys, asked for in batches, so that a look at a full view
 * is not one exchange per key. Where a batch gets no answer and a single question does, keys are
 * asked about one by one from then on.
 */
final class AttributeQuestions {

  private static final Logger logger = LoggerFactory.getLogger(AttributeQuestions.class);

  /** Few enough that a slow server answers them within the time-out of one exchange. */
  private static final int BATCH = 16;

  private final KmipClient client;
  private volatile boolean batching = true;

  AttributeQuestions(KmipClient client) {
    this.client = client;
  }

  /**
   * The facts of these keys. One that is not found or denied is left out: destroyed since, or
   * somebody else's, it cannot be our current key.
   *
   * @param beforeEach hears before each exchange how many keys are done; may end it all by throwing
   */
  List<KeyFacts> ask(List<String> ids, IntConsumer beforeEach) throws KmipException {
    List<KeyFacts> keys = new ArrayList<>();
    for (int from = 0; from < ids.size(); from += BATCH) {
      int done = from;
      List<String> some = ids.subList(from, Math.min(from + BATCH, ids.size()));
      keys.addAll(askSome(some, more -> beforeEach.accept(done + more)));
    }
    return keys;
  }

  private List<KeyFacts> askSome(List<String> ids, IntConsumer beforeEach) throws KmipException {
    List<BatchAnswer<Attributes>> answers = List.of();
    String noBatches = null;
    if (batching && ids.size() > 1) {
      beforeEach.accept(0);
      try {
        answers = client.batch(ids.stream().map(GetAttributes::new).toList());
      } catch (KmipException whole) {
        // A server that takes no batches, or an outage: the next question tells.
        noBatches = String.valueOf(whole.getMessage());
      }
    }
    List<KeyFacts> keys = new ArrayList<>();
    for (int i = 0; i < ids.size(); i++) {
      String id = ids.get(i);
      try {
        if (i < answers.size() && answers.get(i).reached()) {
          keys.add(KeyCatalog.facts(id, answers.get(i).get().result()));
        } else {
          beforeEach.accept(i);
          keys.add(KeyCatalog.facts(id, client.call(new GetAttributes(id))));
        }
      } catch (KmipNotFoundException | KmipAccessDeniedException leftOut) {
        // The others tell.
      }
    }
    if (noBatches != null) {
      batching = false;
      logger.info(
          "Group {} answers single questions and no batches, so its keys are asked about one by one: {}",
          client.settings().group(),
          noBatches);
    }
    return keys;
  }
}
