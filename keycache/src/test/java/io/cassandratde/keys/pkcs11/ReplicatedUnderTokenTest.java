package io.cassandratde.keys.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.master.MasterKeys;
import io.cassandratde.keys.replicated.KeyTable;
import io.cassandratde.keys.replicated.LocalCopies;
import io.cassandratde.keys.replicated.MemoryKeyTable;
import io.cassandratde.keys.replicated.ReplicatedKeyProvider;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Data keys of the cluster's table under a master key that never leaves SoftHSM2. */
@Timeout(120)
class ReplicatedUnderTokenTest {

  private static final KeySpec SPEC = KeySpec.replicated("hsm", "ns", CipherSpec.AES_256);

  private final SoftToken token;
  private final Path root;
  private final MemoryKeyTable table = new MemoryKeyTable();

  ReplicatedUnderTokenTest(@TempDir Path root) throws Exception {
    this.root = root;
    token = SoftToken.unused();
    token.makeKey("a", 256);
  }

  private MasterKeys masters(String primary, @Nullable String secondary) throws Exception {
    return new Pkcs11MasterKeys(
        new Pkcs11Settings("hsm", SoftToken.LIBRARY, token.slot(), 0, primary, secondary),
        SoftToken.PIN::toCharArray);
  }

  private ReplicatedKeyProvider node(int number, MasterKeys masters, KeyTable asked)
      throws Exception {
    ReplicatedKeyProvider provider =
        new ReplicatedKeyProvider(name -> masters, InstantSource.system(), new Hkdf());
    provider.open(LocalCopies.open(root.resolve("node" + number)));
    provider.use(asked);
    return provider;
  }

  private static void opens(ReplicatedKeyProvider node, KeyReference key) {
    DataKey opened = node.byId(SPEC, key);
    assertThat(opened.reference()).isEqualTo(key);
    opened.retire();
  }

  @Test
  void keys_are_made_opened_and_wrapped_anew_in_the_token() throws Exception {
    ReplicatedKeyProvider first = node(1, masters("a", null), table);
    DataKey made = first.current(SPEC, null).key();
    KeyReference key = made.reference();
    made.retire();
    UUID id = UUID.fromString(key.keyId());
    opens(node(2, masters("a", null), table), key);
    opens(node(2, masters("a", null), KeyTable.NONE), key);

    token.makeKey("b", 256);
    MasterKeys both = masters("b", "a");
    table.activate("hsm", both.current());
    assertThat(node(1, both, table).dataKeys().rewrap(id)).isTrue();
    assertThat(table.wraps(id)).hasSize(2);
    assertThat(table.wraps(id).get(0).wrapped().masterKey()).isEqualTo(both.current());
    token.deleteKey("a");
    opens(node(3, masters("b", null), table), key);
    // Its copy is of before the rewrap, and the table is asked.
    opens(node(2, masters("b", null), table), key);
    assertThatThrownBy(() -> opens(node(4, masters("a", null), table), key))
        .isInstanceOf(KeyNotFoundException.class)
        .hasMessageContainingAll(key.keyId(), "master key 'hsm'");
  }
}
