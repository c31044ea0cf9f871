package io.cassandratde.keys.replicated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.TamperedKeyException;
import io.cassandratde.keys.master.WrappedKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Any number of wraps that somebody wrote: the work that they make is bounded. */
class ForgedWrapsTest {

  private final TestCluster cluster;
  private final TestCluster.Node node;
  private final UUID id;

  ForgedWrapsTest(@TempDir Path root) {
    cluster = new TestCluster(root);
    node = cluster.node(1);
    id = UUID.fromString(node.seals().keyId());
  }

  private StoredKey stored() {
    return Objects.requireNonNull(cluster.table.byId(id));
  }

  /** Newer than the good one. */
  private void forge(int count, boolean isOfOneMaster) {
    KeyWrap good = stored().wraps().get(0);
    List<KeyWrap> wraps = new ArrayList<>();
    for (int i = count; i > 0; i--) {
      KeyReference master =
          isOfOneMaster ? good.wrapped().masterKey() : new KeyReference(7, "nobody" + i, 7);
      wraps.add(
          new KeyWrap(
              good.wrappedAt().plusMillis(i),
              WrappedKey.of(WrappedKey.Method.HKDF, master, new byte[16], new byte[32 + 16])));
    }
    wraps.add(good);
    cluster.table.setWraps(id, wraps);
  }

  @Test
  void only_the_newest_are_looked_at_and_the_copies_open_all_the_same() {
    forge(500, false);
    int[] asked = {0};
    KeyOpener opener =
        new KeyOpener(
            name -> {
              asked[0]++;
              return cluster.masters(name);
            },
            TestCluster.HKDF);
    assertThatThrownBy(() -> opener.open(stored(), "the table"))
        .isInstanceOf(KeyNotFoundException.class);
    assertThat(asked[0]).isEqualTo(CopyFormat.MAX_WRAPS);
    node.provider.upkeep();
    node.opens(stored().row().reference());
    assertThat(node.keys().rewrap(id)).as("puts a good one over them").isTrue();
    cluster.node(2).opens(stored().row().reference());
  }

  @Test
  void what_is_told_of_them_ends() {
    KeyOpener opener = new KeyOpener(cluster::masters, TestCluster.HKDF);
    String told =
        TestCluster.logged(
            () -> {
              for (int i = 0; i < 2 * ToldOnce.MOST / CopyFormat.MAX_WRAPS; i++) {
                String place = "place " + i;
                forge(CopyFormat.MAX_WRAPS, true);
                assertThatThrownBy(() -> opener.open(stored(), place))
                    .isInstanceOf(TamperedKeyException.class);
                cluster.table.setWraps(
                    id, List.of(Objects.requireNonNull(node.copies.read(id)).key().wraps().get(0)));
              }
            });
    assertThat(told.lines().filter(line -> line.contains("is passed over"))).hasSize(ToldOnce.MOST);
  }
}
