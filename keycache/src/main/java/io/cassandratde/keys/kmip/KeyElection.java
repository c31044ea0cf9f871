package io.cassandratde.keys.kmip;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.WrongKeyException;
import io.cassandratde.kmip.KeyState;
import io.cassandratde.kmip.KmipAccessDeniedException;
import io.cassandratde.kmip.KmipClient;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.KmipNotFoundException;
import io.cassandratde.kmip.KmipRefusedException;
import io.cassandratde.kmip.operation.Activate;
import io.cassandratde.kmip.operation.Destroy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the first key of a spec when several nodes find none at the same time (docs/RULES.md R14).
 *
 * <p>Whoever finds no contender creates one, Pre-Active. The one with the smallest Initial Date
 * wins, then the smallest id; it is activated only over a <em>settled</em> list: one that was asked
 * for after the server's clock had left the second of the winner's Initial Date. From then on every
 * new contender has a later date, so nobody can see another winner. Losers are destroyed by those
 * who made them, and only while Pre-Active.
 *
 * <p>Before that, {@link KeyPublication} has every live node fetch the winner. A node that does not
 * get it keeps it from being activated while another key still seals. When none does, it is
 * activated all the same: that node can neither seal nor open under any new key, and would take all
 * others with it. Nodes that get different keys under one id keep it from being activated always.
 */
final class KeyElection {

  private static final Logger logger = LoggerFactory.getLogger(KeyElection.class);
  private static final Duration PAUSE = Duration.ofMillis(250);

  /** Servers that tell neither time nor Initial Date: as long as a second and its rounding. */
  private static final int SETTLED_ROUNDS = 9;

  private static final int MAX_ROUNDS = 80;
  private static final int MAX_REFUSALS = 3;

  private final KeyCatalog catalog;
  private final KeyFactory factory;
  private final KmipClient client;
  private final KeyReader reader;
  private final Supplier<KeyPublication> publication;
  private final Pause pause;
  private final String group;

  /** What this process made and has not seen the end of, by spec: remembered across calls. */
  private final Map<KeySpec, String> unfinished = new ConcurrentHashMap<>();

  KeyElection(
      KmipClient client,
      KeyCatalog catalog,
      KeyFactory factory,
      KeyReader reader,
      Supplier<KeyPublication> publication,
      Pause pause) {
    this.client = client;
    this.catalog = catalog;
    this.factory = factory;
    this.reader = reader;
    this.publication = publication;
    this.pause = pause;
    this.group = client.settings().group();
  }

  /**
   * Returns a list in which at least one key is usable and acceptable, having made and activated
   * one if need be.
   *
   * @param acceptable false for keys that are to be succeeded
   * @param urgent no key may seal until this one does
   */
  KeyCatalog.Snapshot elect(KeySpec spec, Predicate<KeyFacts> acceptable, boolean urgent)
      throws KmipException, InterruptedException {
    return run(spec, acceptable, urgent, true);
  }

  /** As far as {@link #elect} goes before it activates the winner, unless one is acceptable. */
  void prepare(KeySpec spec, Predicate<KeyFacts> acceptable)
      throws KmipException, InterruptedException {
    var unused = run(spec, acceptable, false, false);
  }

  private KeyCatalog.Snapshot run(
      KeySpec spec, Predicate<KeyFacts> acceptable, boolean urgent, boolean activates)
      throws KmipException, InterruptedException {
    KeyCatalog.@Nullable Snapshot before = null;
    int sameWinner = 0;
    String lastWinner = "";
    String settledOn = "";
    int refusals = 0;
    String proposed = "";
    String agreed = "";
    for (int round = 0; round < MAX_ROUNDS; round++) {
      KeyCatalog.Snapshot all = catalog.find(spec.cipher(), null);
      List<KeyFacts> usable =
          KeySelection.ranked(all.keys(), spec, all.time()).stream().filter(acceptable).toList();
      if (!usable.isEmpty()) {
        tidyUp(unfinished.remove(spec), usable.get(0));
        return all;
      }
      List<KeyFacts> contenders = KeySelection.contenders(all.keys(), spec);
      if (contenders.isEmpty()) {
        String mine = unfinished.get(spec);
        if (mine == null) {
          create(spec);
        } else if (mayStillBeListed(mine, all)) {
          // Never a second one: a server that does not list what it made would be filled with keys.
          pause.pause(PAUSE);
        } else {
          unfinished.remove(spec);
        }
        continue;
      }
      KeyFacts first = named(proposed, contenders);
      sameWinner = first.id().equals(lastWinner) ? sameWinner + 1 : 0;
      lastWinner = first.id();
      boolean settled = isSettled(first, before, all);
      // Twice, a pause apart: a server may date a key before others can see it.
      if (first.id().equals(proposed)
          || (settled && first.id().equals(settledOn))
          || sameWinner >= SETTLED_ROUNDS) {
        if (!first.id().equals(agreed)) {
          proposed = publish(spec, first, contenders, urgent);
          if (!first.id().equals(proposed)) {
            continue;
          }
          agreed = proposed;
        }
        if (!activates) {
          return all;
        }
        KmipException refusal = activate(first);
        if (refusal != null && ++refusals > MAX_REFUSALS) {
          throw refusal;
        }
      } else {
        settledOn = settled ? first.id() : "";
        pause.pause(PAUSE);
      }
      before = all;
    }
    throw new KeyUnavailableException(
        "group %s has no usable key for %s, and electing one came to no end (this node made: %s): look at the keys with managekmip list"
            .formatted(group, spec, unfinished.getOrDefault(spec, "none")));
  }

  /** What nodes have agreed on before goes first, while it is there. */
  private static KeyFacts named(String proposed, List<KeyFacts> contenders) {
    return contenders.stream()
        .filter(key -> key.id().equals(proposed))
        .findFirst()
        .orElse(contenders.get(0));
  }

  /** Returns the id of the key that may be activated: this one, or another to look at first. */
  private String publish(KeySpec spec, KeyFacts winner, List<KeyFacts> contenders, boolean urgent)
      throws KmipException, InterruptedException {
    KeyPublication shared = publication.get();
    if (!shared.isNeeded()) {
      return winner.id();
    }
    DataKey key;
    try {
      key = reader.read(spec.groupTag(), winner.id());
    } catch (KmipNotFoundException gone) {
      return "";
    } catch (KmipRefusedException | KmipAccessDeniedException e) {
      logger.info(
          "Key {} of group {} is activated before all nodes have it: its servers do not give keys"
              + " that are Pre-Active ({})",
          winner.id(),
          group,
          e.getMessage());
      return winner.id();
    }
    key.retire();
    KeyPublication.Outcome outcome =
        shared.publish(
            new KeyPublication.Candidate(
                spec,
                key.reference(),
                contenders.stream().map(KeyFacts::id).collect(Collectors.toUnmodifiableSet())));
    return switch (outcome.verdict()) {
      case PUBLISHED -> winner.id();
      case OTHER -> outcome.detail();
      case NOT_SHARED -> {
        logger.info(
            "Key {} of group {} is activated before all nodes have it: {}",
            winner.id(),
            group,
            outcome.detail());
        yield winner.id();
      }
      case INCOMPLETE -> {
        String text =
            "new key %s of group %s was not fetched by every live node: %s. Mend their access to the key servers"
                .formatted(winner.id(), group, outcome.detail());
        if (!urgent) {
          throw new KeyUnavailableException(text + "; it is not activated until then");
        }
        logger.error(
            "{}. It is activated all the same, as no other key may seal: those nodes can neither write"
                + " nor open data under it",
            text);
        yield winner.id();
      }
      case DIFFERENT ->
          throw new WrongKeyException(
              "nodes got different keys under id %s of group %s: %s. It is not activated: correct kmip_hosts, so that all nodes ask the same servers"
                  .formatted(winner.id(), group, outcome.detail()));
    };
  }

  /** Dates compare only when one clock gave them: two stamped looks at one host. */
  private static boolean isSettled(
      KeyFacts winner, KeyCatalog.@Nullable Snapshot before, KeyCatalog.Snapshot now) {
    Instant created = winner.creation();
    return created != null
        && before != null
        && before.time().stamped()
        && now.time().stamped()
        && before.host().equals(now.host())
        && before.time().earliest().isAfter(created);
  }

  /**
   * Makes a contender and reads it back: a server may drop what it was asked for, and the key would
   * serve another spec, or none.
   */
  private void create(KeySpec spec) throws KmipException {
    String id = factory.create(spec.cipher(), spec.namespace(), KeyNames.random(), spec.template());
    // Before anything can fail, so that no failure makes a second one.
    unfinished.put(spec, id);
    KeyFacts made = catalog.facts(id);
    String misfit = KeySelection.misfit(made, spec);
    if (misfit == null) {
      return;
    }
    unfinished.remove(spec);
    String removed = "it was destroyed before it was ever Active";
    try {
      if (made.state() == KeyState.PRE_ACTIVE) {
        client.call(new Destroy(id));
      } else {
        removed = "it is " + KeyAdministration.label(made.state()) + " and was left alone";
      }
    } catch (KmipException e) {
      removed = "it could not be removed (" + e.getMessage() + ")";
    }
    throw new KeyConfigException(
        "group %s made key %s for %s, but %s; %s. Its servers do not keep what keys are told apart by"
            .formatted(group, id, spec, misfit, removed));
  }

  /**
   * Whether a key that this node made is still on its way into the server's lists. One that was
   * Active and listed, or has ended since, belongs to an election that is over: another node may
   * have brought it to its end.
   */
  private boolean mayStillBeListed(String id, KeyCatalog.Snapshot all) throws KmipException {
    try {
      KeyState state = catalog.facts(id).state();
      boolean listed = all.keys().stream().anyMatch(key -> key.id().equals(id));
      return state == null || state == KeyState.PRE_ACTIVE || (state == KeyState.ACTIVE && !listed);
    } catch (KmipNotFoundException gone) {
      return false;
    }
  }

  /**
   * Null when it worked; else the refusal, which mostly means that another node was first: the next
   * look shows.
   */
  private @Nullable KmipException activate(KeyFacts winner) throws KmipException {
    try {
      client.call(new Activate(winner.id()));
      return null;
    } catch (KmipRefusedException | KmipNotFoundException | KmipAccessDeniedException e) {
      return e;
    }
  }

  private void tidyUp(@Nullable String mine, KeyFacts current) {
    if (mine == null || mine.equals(current.id())) {
      return;
    }
    try {
      // Read again right before: only a key that was never Active is ours to remove.
      KeyFacts loser = catalog.facts(mine);
      KeyState state = loser.state();
      if (state == KeyState.PRE_ACTIVE) {
        client.call(new Destroy(mine));
      } else if (state != null && state.canOpen()) {
        logger.warn(
            "Key {} of group {} was made by this node, which lost the election to {}; it is {}, so it is left alone: revoke"
                + " and destroy it by hand if nothing names it",
            mine,
            group,
            current.id(),
            state.label());
      }
    } catch (KmipNotFoundException gone) {
      logger.debug("Key {} of group {} lost the election and is gone", mine, group);
    } catch (KmipException e) {
      logger.warn(
          "Key {} of group {} lost the election and could not be removed: {}",
          mine,
          group,
          e.getMessage());
    }
  }
}
