package io.cassandratde.keys.kmip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.kmip.RevocationReason;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A node that is interrupted in an election remembers what it made, and forgets it in time. */
class UnfinishedElectionTest {

  private static final KeySpec SPEC = KeySpec.kmip(DevGroup.NAME, "cycling", CipherSpec.AES_256);

  private final DevGroup group = DevGroup.single();
  private final KmipKeyProvider interrupted = group.provider();
  private final KmipKeyProvider other = group.provider();

  @AfterEach
  void stop() {
    group.close();
  }

  @Test
  void a_key_that_another_node_activated_can_be_replaced_by_the_node_that_made_it()
      throws Exception {
    group.behaviour().refuse("Activate", 0x100, "not now");
    assertThatThrownBy(() -> interrupted.current(SPEC, null)).isInstanceOf(KeyException.class);
    group.behaviour().allow("Activate");
    KeyReference first = other.current(SPEC, null).key().reference();
    assertThat(group.behaviour().received("Create")).as("the other node took it up").isEqualTo(1);
    assertThat(interrupted.current(SPEC, null).key().reference()).isEqualTo(first);

    group.advance(Duration.ofMinutes(1));
    group
        .administration()
        .revoke(first.keyId(), RevocationReason.CESSATION_OF_OPERATION, null, true);
    KeyReference second = interrupted.current(SPEC, first).key().reference();
    assertThat(second.keyId()).isNotEqualTo(first.keyId());
  }
}
