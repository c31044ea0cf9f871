package io.cassandratde.sstable.cassandra.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** When all nodes count as having a new key. */
class AgreementTest {

  private static final UUID A = new UUID(0, 1);
  private static final UUID B = new UUID(0, 2);
  private static final UUID C = new UUID(0, 3);
  private static final Set<UUID> LIVE = Set.of(A, B, C);

  private static KeyReport got(UUID host, String checkValue) {
    return new KeyReport(host, checkValue, "");
  }

  @Test
  void complete_when_every_live_node_has_the_same_key() {
    List<KeyReport> two = List.of(got(A, "0badcafe"), got(B, "0badcafe"));
    assertThat(Agreement.of(two, LIVE).isComplete()).isFalse();
    assertThat(Agreement.of(two, LIVE).awaited()).containsExactly(C);
    assertThat(Agreement.of(two, Set.of(A, B)).isComplete()).as("C is down").isTrue();
  }

  @Test
  void a_node_that_did_not_get_it_is_awaited_with_its_reason() {
    Agreement agreement =
        Agreement.of(List.of(got(A, "0badcafe"), new KeyReport(B, "", "no right to it")), LIVE);
    assertThat(agreement.awaited()).containsExactlyInAnyOrder(B, C);
    assertThat(agreement.missing()).contains(B + "=no right to it", C + "=no word from it");
  }

  @Test
  void a_node_without_the_group_is_not_awaited() {
    Agreement agreement =
        Agreement.of(List.of(got(A, "0badcafe"), KeyReport.withoutGroup(B, "prod")), Set.of(A, B));
    assertThat(agreement.isComplete()).isTrue();
    assertThat(agreement.reports()).containsEntry(B, "group prod is not in its kmip_hosts");
  }

  @Test
  void different_check_values_are_never_complete_whoever_is_alive() {
    List<KeyReport> reports = List.of(got(A, "0badcafe"), got(B, "0badcaff"));
    for (Set<UUID> live : List.of(LIVE, Set.of(A, B), Set.of(A))) {
      assertThat(Agreement.of(reports, live).different()).isTrue();
      assertThat(Agreement.of(reports, live).isComplete()).isFalse();
    }
  }
}
