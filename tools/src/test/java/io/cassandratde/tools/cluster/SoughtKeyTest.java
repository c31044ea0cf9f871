package io.cassandratde.tools.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** docs/RULES.md R2. */
class SoughtKeyTest {

  private static final String OURS = "0badcafe";
  private static final String OTHERS = "11111111";

  private final SoughtKey key = new SoughtKey("prod", Set.of("production"), "7");

  private boolean counts(String group, String keyId, String checkValue) {
    return key.isNeededBy(
        new KeyUse(group, keyId, checkValue, false, "live", "ks", "t", "", 1, 0, 1));
  }

  private boolean holds(String group, String checkValue) {
    return key.isNeededBy(new BackupHold("nightly", group, "7", checkValue, Instant.EPOCH, "", ""));
  }

  private void fetched(String checkValue) {
    key.learn(new CheckedKey("prod", "7", 256, checkValue));
  }

  @Test
  void one_id_in_two_groups_is_two_keys() {
    fetched(OURS);
    assertThat(counts("prod", "7", OURS)).isTrue();
    assertThat(counts("archive", "7", OTHERS)).isFalse();
    assertThat(holds("archive", OTHERS)).isFalse();
  }

  @Test
  void two_groups_that_name_one_server_have_one_key() {
    fetched(OURS);
    assertThat(counts("twin", "7", OURS)).isTrue();
    assertThat(holds("twin", OURS)).isTrue();
  }

  @Test
  void a_group_that_was_renamed_is_the_same_group() {
    fetched(OURS);
    assertThat(counts("production", "7", OURS)).isTrue();
    assertThat(counts("production", "7", OTHERS)).isTrue();
  }

  @Test
  void a_group_that_the_node_has_no_name_for_may_be_this_one() {
    fetched(OURS);
    assertThat(counts("tag:1f2e3d4c", "7", OURS)).isTrue();
    assertThat(counts("tag:1f2e3d4c", "7", OTHERS)).isTrue();
    assertThat(counts("tag:1f2e3d4c", "8", OURS)).isFalse();
  }

  @Test
  void a_restored_host_may_hold_another_key_of_this_id_than_the_one_that_was_asked() {
    fetched(OTHERS);
    assertThat(counts("prod", "7", OURS)).isTrue();
    fetched(OURS);
    assertThat(counts("twin", "7", OURS)).isTrue();
    assertThat(counts("twin", "7", OTHERS)).isTrue();
  }

  @Test
  void where_no_check_value_is_known_the_id_decides() {
    assertThat(counts("twin", "7", OTHERS)).isTrue();
    assertThat(counts("twin", "8", OURS)).isFalse();
    assertThat(holds("twin", "")).isTrue();
    fetched(OURS);
    assertThat(holds("twin", "")).as("a hold without a check value").isTrue();
  }

  @Test
  void another_id_is_another_key() {
    fetched(OURS);
    assertThat(counts("prod", "8", OURS)).isFalse();
  }
}
