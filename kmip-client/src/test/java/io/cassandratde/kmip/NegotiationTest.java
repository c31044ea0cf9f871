package io.cassandratde.kmip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.cassandratde.kmip.attribute.Attributes;
import io.cassandratde.kmip.hostile.Answers;
import io.cassandratde.kmip.hostile.HostileServer;
import io.cassandratde.kmip.operation.Create;
import io.cassandratde.kmip.operation.DiscoverVersions;
import io.cassandratde.kmip.operation.Get;
import io.cassandratde.kmip.operation.Locate;
import io.cassandratde.kmip.operation.SetAttribute;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvException;
import io.cassandratde.kmip.ttlv.TtlvItem;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One question per host, its answer remembered; servers from before the question still served. */
class NegotiationTest {
  /** The versions of the requests as they arrived, DiscoverVersions left out. */
  private final List<ProtocolVersion> asked = Collections.synchronizedList(new ArrayList<>());

  /** The versions offered in the last DiscoverVersions. */
  private final List<ProtocolVersion> offered = Collections.synchronizedList(new ArrayList<>());

  /** A server that speaks these versions, and may refuse what came under another one. */
  private HostileServer server(List<ProtocolVersion> spoken, @Nullable ResultReason discovery) {
    return new HostileServer(
        talk -> {
          while (true) {
            Structure request = talk.read();
            talk.send(answer(request, spoken, discovery));
          }
        });
  }

  private TtlvItem answer(
      Structure request, List<ProtocolVersion> spoken, @Nullable ResultReason discovery) {
    try {
      ProtocolVersion version =
          DiscoverVersions.decode(
              request.structure(Tag.REQUEST_HEADER).structure(Tag.PROTOCOL_VERSION));
      Structure item = request.structure(Tag.BATCH_ITEM);
      if (item.enumeration(Tag.OPERATION) != OperationCode.DISCOVER_VERSIONS.code()) {
        asked.add(version);
        return Answers.to(request);
      }
      assertThat(version).isEqualTo(ProtocolVersion.V1_1);
      List<ProtocolVersion> all =
          new DiscoverVersions(List.of())
              .decodeResponse(item.structure(Tag.REQUEST_PAYLOAD), version);
      offered.clear();
      offered.addAll(all);
      return discovery == null
          ? response(null, all.stream().filter(spoken::contains).toList())
          : response(discovery, List.of());
    } catch (TtlvException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Structure response(@Nullable ResultReason reason, List<ProtocolVersion> versions) {
    List<TtlvItem> item = new ArrayList<>();
    item.add(new TtlvItem.Enumeration(Tag.RESULT_STATUS, reason == null ? 0 : 1));
    if (reason != null) {
      item.add(new TtlvItem.Enumeration(Tag.RESULT_REASON, reason.code()));
    }
    item.add(
        new Structure(
            Tag.RESPONSE_PAYLOAD,
            versions.stream().map(DiscoverVersions::encode).toArray(TtlvItem[]::new)));
    return new Structure(
        Tag.RESPONSE_MESSAGE,
        new Structure(
            Tag.RESPONSE_HEADER,
            DiscoverVersions.encode(ProtocolVersion.V1_1),
            new TtlvItem.IntegerItem(Tag.BATCH_COUNT, 1)),
        new Structure(Tag.BATCH_ITEM, item));
  }

  @Test
  void should_use_the_highest_common_version_and_ask_once() throws Exception {
    List<ProtocolVersion> spoken =
        List.of(ProtocolVersion.V1_0, ProtocolVersion.V1_2, ProtocolVersion.V1_4);
    try (HostileServer server = server(spoken, null);
        KmipClient client = new KmipClient(HostileServer.settings(server))) {
      assertThat(client.exchange(new Get("a")).version()).isEqualTo(ProtocolVersion.V1_4);
      client.call(new Get("b"));
      client.exchangeOn(server.host(), new Get("c"));
      assertThat(asked).hasSize(3).containsOnly(ProtocolVersion.V1_4);
      assertThat(offered).isEqualTo(ProtocolVersion.SUPPORTED);
      assertThat(server.received(OperationCode.DISCOVER_VERSIONS)).isEqualTo(1);
      assertThat(client.health().get(0).version()).isEqualTo(ProtocolVersion.V1_4);
    }
  }

  @Test
  void should_offer_nothing_above_the_pin() throws Exception {
    try (HostileServer server = server(ProtocolVersion.SUPPORTED, null);
        KmipClient client =
            new KmipClient(HostileServer.settings(server).withPin(ProtocolVersion.V1_3))) {
      assertThat(client.exchange(new Get("a")).version()).isEqualTo(ProtocolVersion.V1_3);
      assertThat(offered).startsWith(ProtocolVersion.V1_3).hasSize(4);
    }
  }

  @Test
  void should_ask_nothing_if_pinned_to_1_0() throws Exception {
    try (HostileServer server = server(ProtocolVersion.SUPPORTED, null);
        KmipClient client =
            new KmipClient(HostileServer.settings(server).withPin(ProtocolVersion.V1_0))) {
      assertThat(client.exchange(new Get("a")).version()).isEqualTo(ProtocolVersion.V1_0);
      assertThat(server.received(OperationCode.DISCOVER_VERSIONS)).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ResultReason.class,
      names = {"OPERATION_NOT_SUPPORTED", "INVALID_MESSAGE", "UNSUPPORTED_PROTOCOL_VERSION"})
  void should_speak_1_0_with_servers_that_know_no_discovery(ResultReason reason) throws Exception {
    try (HostileServer server = server(List.of(), reason);
        KmipClient client = new KmipClient(HostileServer.settings(server))) {
      client.call(new Get("a"));
      assertThat(asked).containsExactly(ProtocolVersion.V1_0);
    }
  }

  @Test
  void should_not_take_another_refusal_for_an_old_server() throws Exception {
    try (HostileServer server = server(List.of(), ResultReason.AUTHENTICATION_NOT_SUCCESSFUL);
        KmipClient client = new KmipClient(HostileServer.settings(server))) {
      assertThatExceptionOfType(KmipAccessDeniedException.class)
          .isThrownBy(() -> client.call(new Get("a")))
          .withMessageContaining("DiscoverVersions");
      assertThat(asked).isEmpty();
    }
  }

  @Test
  void should_say_so_if_no_version_is_common() throws Exception {
    try (HostileServer server = server(List.of(), null);
        KmipClient client = new KmipClient(HostileServer.settings(server))) {
      assertThatExceptionOfType(KmipProtocolException.class)
          .isThrownBy(() -> client.call(new Create(Attributes.EMPTY)))
          .withMessageContaining("no KMIP version in common");
      assertThat(asked).isEmpty();
    }
  }

  @Test
  void should_refuse_what_the_version_cannot_express_without_sending_it() throws Exception {
    SetAttribute set =
        new SetAttribute("id", Attributes.builder().objectGroup("g").build().all().get(0));
    try (HostileServer server = server(List.of(ProtocolVersion.V1_2), null);
        KmipClient client = new KmipClient(HostileServer.settings(server))) {
      for (Operation<?> newer : List.of(set, new Locate(Attributes.EMPTY, 1, 1))) {
        assertThatExceptionOfType(KmipRefusedException.class)
            .isThrownBy(() -> client.call(newer))
            .matches(KmipRefusedException::unsupported)
            .withMessageContaining("speaks 1.2");
      }
      assertThat(asked).isEmpty();
    }
    try (HostileServer server = server(List.of(ProtocolVersion.V2_0), null);
        KmipClient client = new KmipClient(HostileServer.settings(server))) {
      assertThatExceptionOfType(KmipRefusedException.class)
          .isThrownBy(
              () ->
                  client.call(
                      new Create(ObjectType.SYMMETRIC_KEY, List.of("template"), Attributes.EMPTY)))
          .withMessageContaining("1.0 to 1.4 only");
    }
  }

  @Test
  void should_ask_again_if_the_server_no_longer_takes_the_version() throws Exception {
    try (HostileServer server = server(List.of(ProtocolVersion.V2_0), null);
        KmipClient client = new KmipClient(HostileServer.settings(server))) {
      client.call(new Get("a"));
      // As PyKMIP answers a version it lacks: InvalidMessage under 1.0, no operation named.
      server.become(
          talk -> {
            talk.read();
            talk.send(response(ResultReason.INVALID_MESSAGE, List.of()));
          });
      assertThatExceptionOfType(KmipRefusedException.class)
          .isThrownBy(() -> client.exchangeOn(server.host(), new Get("a")));
      assertThat(client.health().get(0).version()).isNull();
    }
  }
}
