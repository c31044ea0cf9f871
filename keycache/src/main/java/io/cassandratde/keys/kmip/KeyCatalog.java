package io.cassandratde.keys.kmip;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.kmip.CryptographicAlgorithm;
import io.cassandratde.kmip.KeyState;
import io.cassandratde.kmip.KmipClient;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.KmipHost;
import io.cassandratde.kmip.KmipNotFoundException;
import io.cassandratde.kmip.KmipRefusedException;
import io.cassandratde.kmip.ObjectType;
import io.cassandratde.kmip.QueryFunction;
import io.cassandratde.kmip.Reply;
import io.cassandratde.kmip.attribute.ApplicationInfo;
import io.cassandratde.kmip.attribute.Attributes;
import io.cassandratde.kmip.attribute.AttributesBuilder;
import io.cassandratde.kmip.operation.GetAttributes;
import io.cassandratde.kmip.operation.Locate;
import io.cassandratde.kmip.operation.Query;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What keys a group's servers have. A filter only shortens the list that a server sends: some
 * servers ignore what they do not store, so every result is read and judged by its attributes.
 */
final class KeyCatalog {

  /** Name space of our data where a server has no Object Group. */
  static final String APPLICATION = "cassandra-tde";

  private final KmipClient client;
  private final AttributeQuestions questions;
  private final InstantSource clock;
  private final Duration limit;

  /** With {@code limit} for one whole look. */
  KeyCatalog(KmipClient client, InstantSource clock, Duration limit) {
    this.client = client;
    this.questions = new AttributeQuestions(client);
    this.clock = clock;
    this.limit = limit;
  }

  /** Keys of one moment, with the clock and the name of the host that listed them. */
  record Snapshot(List<KeyFacts> keys, ServerTime time, KmipHost host) {}

  /**
   * @param state null: whatever state
   */
  Snapshot find(CipherSpec cipher, @Nullable KeyState state) throws KmipException {
    AttributesBuilder filter =
        symmetric()
            .cryptographicAlgorithm(CryptographicAlgorithm.AES)
            .cryptographicLength(cipher.bits());
    return find(state == null ? filter.build() : filter.state(state).build());
  }

  Snapshot findAll() throws KmipException {
    return find(symmetric().build());
  }

  private static AttributesBuilder symmetric() {
    return Attributes.builder().objectType(ObjectType.SYMMETRIC_KEY);
  }

  private Snapshot find(Attributes filter) throws KmipException {
    long end = System.nanoTime() + limit.toNanos();
    Instant local = clock.instant();
    Reply<List<String>> located = locate(filter);
    List<String> ids = located.result().stream().distinct().toList();
    List<KeyFacts> keys =
        questions.ask(
            ids,
            done -> {
              if (System.nanoTime() - end > 0) {
                throw new KeyUnavailableException(
                    "%s of group %s listed %d keys, and reading their attributes took longer than %d ms (%d done): give this cluster a view of its own keys"
                        .formatted(
                            located.host(),
                            client.settings().group(),
                            ids.size(),
                            limit.toMillis(),
                            done));
              }
            });
    return new Snapshot(keys, ServerTime.of(located.serverTime(), local), located.host());
  }

  private Reply<List<String>> locate(Attributes filter) throws KmipException {
    Attributes least = symmetric().build();
    try {
      return client.exchange(new Locate(filter));
    } catch (KmipRefusedException refused) {
      if (filter.equals(least)) {
        throw refused;
      }
    } catch (KmipNotFoundException none) {
      if (filter.equals(least)) {
        return nothing();
      }
    }
    try {
      return client.exchange(new Locate(least));
    } catch (KmipNotFoundException none) {
      return nothing();
    }
  }

  /**
   * Some servers call an empty list "not found"; which host it was, and its clock, another question
   * tells.
   */
  private Reply<List<String>> nothing() throws KmipException {
    Reply<Query.Result> any = client.exchange(new Query(List.of(QueryFunction.OPERATIONS)));
    return new Reply<>(List.of(), any.host(), any.version(), any.serverTime());
  }

  KeyFacts facts(String id) throws KmipException {
    return facts(id, client.call(new GetAttributes(id)));
  }

  static KeyFacts facts(String id, Attributes attributes) {
    Integer bits = attributes.cryptographicLength();
    return new KeyFacts(
        id,
        attributes.name(),
        attributes.cryptographicAlgorithm(),
        bits == null ? 0 : bits,
        attributes.usageMask(),
        attributes.state(),
        namespace(attributes),
        attributes.initialDate(),
        attributes.activationDate(),
        attributes.processStartDate(),
        attributes.protectStopDate(),
        attributes.deactivationDate());
  }

  /** Object Group, else our Application Specific Information, else what stands before the name. */
  private static @Nullable String namespace(Attributes attributes) {
    String group = attributes.objectGroup();
    if (group != null) {
      return group;
    }
    for (ApplicationInfo info : attributes.applicationSpecificInformation()) {
      if (info.namespace().equals(APPLICATION)) {
        return info.data();
      }
    }
    return KeyNames.namespaceOf(attributes.name());
  }
}
