package io.cassandratde.kmip;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.kmip.Messages.Refusal;
import io.cassandratde.kmip.attribute.Attributes;
import io.cassandratde.kmip.operation.AddAttribute;
import io.cassandratde.kmip.operation.Create;
import io.cassandratde.kmip.operation.Destroy;
import io.cassandratde.kmip.operation.Get;
import io.cassandratde.kmip.operation.Locate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A refusal becomes the exception whose remedy fits, and its message says who, where and what. */
class RefusalsTest {
  private static final KmipHost HOST = new KmipHost("kmip1", 5696);
  private static final Refusals REFUSALS = new Refusals("vault");

  private static KmipException of(Operation<?> operation, ResultReason reason) {
    return REFUSALS.of(HOST, operation, new Refusal(reason, "the server's words"));
  }

  private static boolean unsupported(KmipException e) {
    return e instanceof KmipRefusedException refused && refused.unsupported();
  }

  @ParameterizedTest
  @EnumSource(ResultReason.class)
  void should_name_group_host_operation_key_and_the_servers_words(ResultReason reason) {
    assertThat(of(new Get("key-7"), reason))
        .hasMessageStartingWith("KMIP group 'vault', host kmip1:5696: Get of key key-7 ")
        .hasMessageContaining(reason.label())
        .hasMessageContaining("\"the server's words\"");
  }

  @Test
  void should_sort_by_what_the_operator_does() {
    Get get = new Get("key-7");
    assertThat(of(get, ResultReason.ITEM_NOT_FOUND)).isInstanceOf(KmipNotFoundException.class);
    assertThat(of(get, ResultReason.OBJECT_DESTROYED)).isInstanceOf(KmipNotFoundException.class);
    assertThat(of(get, ResultReason.PERMISSION_DENIED))
        .isInstanceOf(KmipAccessDeniedException.class)
        .hasMessageContaining("Grant it");
    assertThat(of(get, ResultReason.AUTHENTICATION_NOT_SUCCESSFUL))
        .isInstanceOf(KmipAccessDeniedException.class);
    assertThat(of(new Destroy("key-7"), ResultReason.WRONG_KEY_LIFECYCLE_STATE))
        .isInstanceOfSatisfying(
            KmipRefusedException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(ResultReason.WRONG_KEY_LIFECYCLE_STATE);
              assertThat(e.serverMessage()).isEqualTo("the server's words");
              assertThat(e.unsupported()).isFalse();
            });
  }

  @Test
  void should_tell_what_a_server_lacks_from_what_it_refuses() {
    Create create = new Create(Attributes.EMPTY);
    AddAttribute add =
        new AddAttribute("id", Attributes.builder().objectGroup("g").build().all().get(0));
    assertThat(unsupported(of(add, ResultReason.OPERATION_NOT_SUPPORTED))).isTrue();
    assertThat(unsupported(of(add, ResultReason.INVALID_MESSAGE))).isTrue();
    assertThat(unsupported(of(create, ResultReason.INVALID_FIELD))).isTrue();
    assertThat(unsupported(of(new Locate(Attributes.EMPTY), ResultReason.UNSUPPORTED_ATTRIBUTE)))
        .isTrue();
    assertThat(unsupported(of(new Destroy("id"), ResultReason.INVALID_FIELD))).isFalse();
    assertThat(unsupported(of(create, ResultReason.GENERAL_FAILURE))).isFalse();
  }
}
