package io.cassandratde.keys.replicated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.crypto.X25519;
import io.cassandratde.keys.files.PrivateDirectory;
import io.cassandratde.keys.local.SystemKeyFile;
import io.cassandratde.keys.master.DamagedWrapException;
import io.cassandratde.keys.master.KeyBinding;
import io.cassandratde.keys.master.MasterKeys;
import io.cassandratde.keys.master.WrappedKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What leaves a cluster, and comes back into a node's copies. */
class KeyExportTest {

  private static final byte[] PRIVATE = new byte[32];

  static {
    Arrays.fill(PRIVATE, (byte) 0x51);
  }

  private final Path root;
  private final TestCluster cluster;
  private final TestCluster.Node node;
  private final KeyReference first;
  private final KeyReference second;

  KeyExportTest(@TempDir Path root) throws IOException {
    this.root = root;
    cluster = new TestCluster(root);
    node = cluster.node(1);
    first = node.seals();
    second = node.keys().rotate(TestCluster.LINE, 0, null).reference();
    assertThat(node.seals(first)).as("and copied").isEqualTo(second);
    SystemKeyFile.create(root.resolve("escrow"), CipherSpec.AES_256);
  }

  private LocalCopies empty(String name) throws PrivateDirectory.Refused {
    return LocalCopies.open(root.resolve(name));
  }

  @Test
  void under_another_master_key_it_opens_with_that_one_alone() throws Exception {
    KeyReference escrow = cluster.masters("escrow").current();
    List<byte[]> exported = node.keys().export().under("escrow");
    assertThat(exported).hasSize(2);
    LocalCopies copies = empty("node7");
    for (byte[] each : exported) {
      StoredKey key = KeyCopyFile.parse(each);
      assertThat(key.wraps())
          .extracting(wrap -> wrap.wrapped().masterKey())
          .containsExactly(escrow);
      assertThat(key.row())
          .isEqualTo(Objects.requireNonNull(cluster.table.byId(key.row().keyId())).row());
      assertThat(copies.restore(each)).isTrue();
      assertThat(copies.restore(each)).isFalse();
    }
    Files.delete(cluster.keyFile);
    TestCluster.Node rebuilt = cluster.node(7, TestCluster.away());
    rebuilt.opens(first);
    rebuilt.opens(second);
    Files.delete(root.resolve("escrow"));
    assertThatThrownBy(() -> cluster.node(7, TestCluster.away()).opens(first))
        .hasMessageContaining(escrow.keyId());
  }

  @Test
  void under_the_key_that_wraps_them_as_it_is_nothing_is_exported() {
    assertThatThrownBy(() -> node.keys().export().under("system_key"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("name another master key");
  }

  @Test
  void what_the_table_has_no_more_comes_from_the_copy_and_what_is_no_key_yet_does_not_come() {
    cluster.tamper(UUID.fromString(first.keyId()), 0, 1);
    var pending =
        node.keys().rotate(TestCluster.LINE, 0, cluster.now().plus(java.time.Duration.ofDays(1)));
    assertThat(pending.state()).isEqualTo(DataKeyState.ACTIVE);
    assertThat(node.keys().export().under("escrow")).hasSize(3);
    assertThatThrownBy(() -> bare().under("escrow")).hasMessageContaining("was changed");
  }

  /** Of a node without a copy. */
  private KeyExport bare() {
    return cluster.node(8).keys().export();
  }

  @Test
  void sealed_it_opens_with_the_private_key_and_comes_under_a_new_master_key() throws Exception {
    List<byte[]> exported = node.keys().export().sealedTo(X25519.publicKey(PRIVATE));
    assertThat(exported).hasSize(2);
    assertThat(Arrays.equals(exported.get(0), exported.get(1))).isFalse();
    Files.delete(cluster.keyFile);
    cluster.addMasterKey(9);
    Instant at = cluster.now();
    MasterKeys masters = cluster.masters("system_key");
    LocalCopies copies = empty("node7");
    for (byte[] each : exported) {
      assertThat(copies.restore(SealedKey.parse(each).under(masters, PRIVATE, at), at)).isTrue();
    }
    TestCluster.Node rebuilt = cluster.node(7, TestCluster.away());
    rebuilt.opens(first);
    rebuilt.opens(second);
  }

  /** A copy that is there, under a master key that is lost, gets the wrap that opens. */
  @Test
  void a_copy_gets_a_wrap_under_a_master_key_that_it_lacks_and_keeps_its_own() throws Exception {
    cluster.advance(java.time.Duration.ofDays(1));
    List<byte[]> exported = node.keys().export().under("escrow");
    for (byte[] each : exported) {
      assertThat(node.copies.restore(each)).isTrue();
      assertThat(node.copies.restore(each)).isFalse();
      StoredKey there =
          Objects.requireNonNull(node.copies.read(KeyCopyFile.parse(each).row().keyId())).key();
      assertThat(there.wraps()).hasSize(2);
      assertThat(there.wraps().get(0).wrappedAt())
          .as("the newest first")
          .isAfter(there.wraps().get(1).wrappedAt());
    }
    Files.delete(cluster.keyFile);
    cluster.node(1, TestCluster.away()).opens(first);
  }

  @Test
  void another_key_of_the_same_id_is_refused_and_stays() throws Exception {
    StoredKey key = KeyCopyFile.parse(node.keys().export().under("escrow").get(0));
    DataKeyRow row = key.row();
    for (DataKeyRow other :
        List.of(
            like(row, row.keyId(), row.version() + 7, row.checkValue(), row.state()),
            like(row, row.keyId(), row.version(), row.checkValue() ^ 1, row.state()))) {
      assertThatThrownBy(
              () -> node.copies.restore(new StoredKey(other, key.wraps()), cluster.now()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another key under this id");
    }
    cluster.node(1, TestCluster.away()).opens(first);
  }

  private static DataKeyRow like(
      DataKeyRow row, UUID keyId, int version, int checkValue, DataKeyState state) {
    return new DataKeyRow(
        row.line(),
        version,
        keyId,
        checkValue,
        state,
        row.createdAt(),
        row.activeFrom(),
        row.changedAt());
  }

  @Test
  void keys_that_open_nothing_any_more_or_yet_hold_up_no_export() {
    UUID old = UUID.fromString(first.keyId());
    DataKeyRow unused = Objects.requireNonNull(cluster.table.byId(old)).row();
    assertThat(cluster.table.change(unused, unused.in(DataKeyState.DEPRECATED, cluster.now())))
        .isTrue();
    DataKeyRow row = cluster.newest();
    int version = row.version();
    for (DataKeyState state :
        List.of(DataKeyState.PENDING, DataKeyState.RETIRED, DataKeyState.REMOVED)) {
      version++;
      cluster.table.put(like(row, UUID.randomUUID(), version, row.checkValue(), state));
    }
    List<byte[]> exported = node.keys().export().wrapped();
    assertThat(exported).hasSize(2);
    assertThat(exported)
        .as("what is deprecated opens yet")
        .anySatisfy(each -> assertThat(KeyCopyFile.parse(each).row().keyId()).isEqualTo(old));
  }

  @Test
  void a_wrap_that_opens_to_something_else_never_leaves() {
    MasterKeys good = cluster.masters("escrow");
    KeyBinding binding = cluster.newest().binding();
    byte[] material = new byte[32];
    assertThat(ProvenWrap.of(good, good.current(), binding, material).keyLength()).isEqualTo(32);
    for (boolean opens : List.of(true, false)) {
      assertThatThrownBy(
              () -> ProvenWrap.of(new Lying(good, opens), good.current(), binding, material))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("does not open");
    }
  }

  /** Wraps, and opens to another key or not at all. */
  private record Lying(MasterKeys good, boolean opens) implements MasterKeys {
    @Override
    public KeyReference current() {
      return good.current();
    }

    @Override
    public WrappedKey wrap(KeyReference by, byte[] material, KeyBinding binding) {
      return good.wrap(by, material, binding);
    }

    @Override
    public <T> T unwrap(WrappedKey wrapped, KeyBinding binding, Function<byte[], T> use)
        throws DamagedWrapException {
      if (!opens) {
        throw new DamagedWrapException("no");
      }
      byte[] other = new byte[32];
      other[31] = 1;
      return use.apply(other);
    }

    @Override
    public void close() {}
  }
}
