package io.cassandratde.kmip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.cassandratde.kmip.Messages.Item;
import io.cassandratde.kmip.Messages.Response;
import io.cassandratde.kmip.operation.Activate;
import io.cassandratde.kmip.operation.DiscoverVersions;
import io.cassandratde.kmip.operation.Get;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvDecoder;
import io.cassandratde.kmip.ttlv.TtlvEncoder;
import io.cassandratde.kmip.ttlv.TtlvException;
import io.cassandratde.kmip.ttlv.TtlvItem;
import io.cassandratde.kmip.ttlv.TtlvItem.Structure;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Batches, and answers that do not fit the question. */
class MessagesTest {
  private static Structure header(int count) {
    return new Structure(
        Tag.RESPONSE_HEADER,
        DiscoverVersions.encode(ProtocolVersion.V1_4),
        new TtlvItem.IntegerItem(Tag.BATCH_COUNT, count));
  }

  private static TtlvItem id(int index) {
    return new TtlvItem.Bytes(
        Tag.UNIQUE_BATCH_ITEM_ID, new byte[] {0, 0, 0, 0, 0, 0, 1, (byte) index});
  }

  private static Structure item(TtlvItem... items) {
    return new Structure(Tag.BATCH_ITEM, items);
  }

  private static TtlvItem status(int status) {
    return new TtlvItem.Enumeration(Tag.RESULT_STATUS, status);
  }

  private static TtlvItem payload(String id) {
    return new Structure(Tag.RESPONSE_PAYLOAD, new TtlvItem.Text(Tag.UNIQUE_IDENTIFIER, id));
  }

  private static Response decode(int operations, Structure header, Structure... items)
      throws TtlvException {
    List<TtlvItem> all = new ArrayList<>(List.of(header));
    all.addAll(List.of(items));
    return Messages.decode(
        TtlvEncoder.encode(new Structure(Tag.RESPONSE_MESSAGE, all)), operations, 257);
  }

  private static void refuses(
      String problem, int operations, Structure header, Structure... items) {
    assertThatExceptionOfType(TtlvException.class)
        .isThrownBy(() -> decode(operations, header, items))
        .withMessageContaining(problem);
  }

  @Test
  void should_number_the_items_of_a_batch_and_ask_for_all_of_them_in_order() throws Exception {
    byte[] bytes =
        Messages.encode(List.of(new Get("a"), new Activate("b")), ProtocolVersion.V1_4, null, 257);
    Structure request = (Structure) new TtlvDecoder().decode(bytes);
    Structure header = request.structure(Tag.REQUEST_HEADER);
    assertThat(header.integer(Tag.BATCH_COUNT)).isEqualTo(2);
    assertThat(header.first(Tag.BATCH_ORDER_OPTION))
        .isEqualTo(new TtlvItem.Bool(Tag.BATCH_ORDER_OPTION, true));
    assertThat(header.enumeration(Tag.BATCH_ERROR_CONTINUATION_OPTION)).as("Continue").isOne();
    assertThat(request.all(Tag.BATCH_ITEM, Structure.class))
        .extracting(each -> each.first(Tag.UNIQUE_BATCH_ITEM_ID))
        .containsExactly(id(1), id(2));
  }

  @Test
  void should_match_the_answers_of_a_batch_by_id() throws Exception {
    Response response =
        decode(
            2,
            header(2),
            item(id(2), status(0), payload("second")),
            item(id(1), status(0), payload("first")));
    assertThat(response.items())
        .extracting(each -> each.payload().text(Tag.UNIQUE_IDENTIFIER))
        .containsExactly("first", "second");
  }

  @Test
  void should_match_by_position_if_the_server_repeats_no_ids() throws Exception {
    Response response =
        decode(2, header(2), item(status(0), payload("a")), item(status(0), payload("b")));
    assertThat(response.items())
        .extracting(each -> each.payload().text(Tag.UNIQUE_IDENTIFIER))
        .containsExactly("a", "b");
  }

  @Test
  void should_give_no_answer_to_what_stands_behind_the_failure_that_ended_a_batch()
      throws Exception {
    Response response =
        decode(3, header(2), item(id(1), status(0), payload("a")), item(id(2), status(1)));
    assertThat(response.items()).extracting(Item::reached).containsExactly(true, true, false);
    assertThat(response.items().get(0).refusal()).isNull();
    assertThat(response.items().get(1).refusal()).isNotNull();
    assertThat(response.items().get(2).refusal()).as("not another key's").isNull();
  }

  @Test
  void should_skip_fields_it_does_not_know() throws Exception {
    Response response =
        decode(
            1,
            new Structure(
                Tag.RESPONSE_HEADER,
                DiscoverVersions.encode(ProtocolVersion.V2_1),
                new TtlvItem.Text(0x420106, "server correlation value"),
                new TtlvItem.Bytes(0x54FFFF, new byte[3]),
                new TtlvItem.IntegerItem(Tag.BATCH_COUNT, 1)),
            item(status(0), payload("a")));
    assertThat(response.version()).isEqualTo(ProtocolVersion.V2_1);
    assertThat(response.serverTime()).isNull();
  }

  @Test
  void should_refuse_answers_that_do_not_fit() {
    Structure good = item(status(0), payload("a"));
    refuses("BatchCount 2, but 1 batch items", 1, header(2), good);
    refuses("2 answers to 1 operations", 1, header(2), good, good);
    refuses("0 answers to 1 operations", 1, header(0));
    refuses("has no answer", 2, header(1), good);
    refuses("to another request", 2, header(2), item(id(1), status(0)), item(id(1), status(0)));
    refuses("to another request", 2, header(2), item(id(1), status(0)), item(id(9), status(0)));
    refuses("to another request", 1, header(1), item(id(2), status(0), payload("stale")));
    refuses(
        "to another request",
        1,
        header(1),
        item(new TtlvItem.Bytes(Tag.UNIQUE_BATCH_ITEM_ID, new byte[1]), status(0)));
    refuses("asynchronous", 1, header(1), item(status(2)));
    refuses("ResultStatus is missing", 1, header(1), item(payload("a")));
    refuses(
        "ResultStatus has type Integer",
        1,
        header(1),
        item(new TtlvItem.IntegerItem(Tag.RESULT_STATUS, 0)));
    refuses("ProtocolVersion is missing", 1, new Structure(Tag.RESPONSE_HEADER), good);
  }

  @Test
  void should_take_a_status_it_does_not_know_for_a_failure() throws Exception {
    assertThat(decode(1, header(1), item(status(7))).items().get(0).refusal()).isNotNull();
  }
}
