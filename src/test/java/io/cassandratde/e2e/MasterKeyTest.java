package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import io.cassandratde.e2e.process.Ran;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Three real nodes are brought to another master key, as docs/OPERATIONS.md tells operators: none
 * wraps by what the others do not have, and the node that is left behind goes on with what it has
 * until it has the key too. Every row is read all the time.
 */
@Tag("soak")
@ExtendWith(SharedTestBed.class)
@ResourceLock(TestBed.SEVERAL_NODES)
class MasterKeyTest {

  private static final int ROWS = 50;
  private static final String VERSION = "2";

  private final MasterRing masters;
  private final CassandraNode a;
  private final CassandraNode b;
  private final CassandraNode c;
  private final List<CassandraNode> all;
  private final List<CassandraNode> up;
  private final Rows later = new Rows("m.later");

  MasterKeyTest(TestBed bed) throws IOException {
    masters = MasterRing.prepare(bed);
    all = masters.all();
    a = all.get(0);
    b = all.get(1);
    c = all.get(2);
    up = List.of(a, b);
    for (String key : List.of("m-first", "m-second", "m-other")) {
      masters.make(key);
    }
    all.forEach(node -> masters.give(node, "m-first"));
  }

  @Test
  void proposed_compared_activated_and_brought_to_the_node_that_was_left_behind() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    try (masters) {
      masters.start();
      masters.createTables("t", "later");
      new Rows("m.t").insert(a.cql(), ROWS);
      later.insert(a.cql(), 10);
      all.forEach(node -> node.jmx().flush("m"));
      String first = onlyDataKey();
      CompletableFuture<Void> reading = CompletableFuture.runAsync(() -> readUntil(done));

      String idOfC = MasterRing.hostId(c);
      c.stop();
      masters.ring().awaitSeenDown(c);
      differs(idOfC);
      isActivatedWithout(idOfC);
      String second = rotatedWithout(first);
      goesOnLeftBehind(first);
      isBroughtBack(second);
      needsTheFormerKeyNoMore();

      done.set(true);
      reading.join();
      all.forEach(this::readAll);
    } finally {
      done.set(true);
    }
  }

  /** Made once, though three nodes wanted it, and under the master key that all have. */
  private String onlyDataKey() {
    List<CompositeData> keys = MasterRing.dataKeys(b);
    assertThat(keys).hasSize(1);
    assertThat(keys.get(0).get("state")).isEqualTo("ACTIVE");
    assertThat(keys.get(0).get("wrappedByVersion")).isEqualTo(1);
    all.forEach(
        node ->
            assertThat(masters.sealed(node, "t").keyIds())
                .containsExactly(String.valueOf(keys.get(0).get("keyId"))));
    masters.command(all, "masterkey", "status", MasterRing.NAME).orFail();
    return String.valueOf(keys.get(0).get("keyId"));
  }

  private void readUntil(AtomicBoolean done) {
    Rows rows = new Rows("m.t").expect(ROWS);
    while (!done.get()) {
      up.forEach(node -> rows.assertAllRead(node.cql()));
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  private void readAll(CassandraNode node) {
    new Rows("m.t").expect(ROWS).assertAllRead(node.cql());
    later.assertAllRead(node.cql());
  }

  /** Proposed by a; b has another key, c is down. */
  private void differs(String idOfC) {
    masters.give(a, "m-first", "m-second");
    masters.give(b, "m-first", "m-other");
    Ran proposed = masters.command(up, "masterkey", "propose", MasterRing.NAME, "--wait", "20s");
    assertThat(proposed.exit()).as("%s", proposed).isEqualTo(9);
    assertNamed(proposed.err(), b.address(), MasterRing.hostId(b), "it has ");
    assertNamed(proposed.err(), c.address(), idOfC, "is down and has not said");
    assertThat(proposed.err()).doesNotContain(MasterRing.hostId(a)).contains("masterkey fetch");

    Ran refused = activate();
    assertThat(refused.exit()).as("%s", refused).isEqualTo(6);
    assertNamed(refused.err(), MasterRing.hostId(b), b.address(), "it has ");
    assertNamed(refused.err(), idOfC, c.address(), "has not reported");
    Ran fetched = masters.command(List.of(b), "masterkey", "fetch", MasterRing.NAME);
    assertThat(fetched.exit()).as("%s", fetched).isEqualTo(9);
  }

  private static void assertNamed(String text, String... parts) {
    int from = 0;
    for (String part : parts) {
      assertThat(text.substring(from)).as(text).contains(part);
      from = text.indexOf(part, from);
    }
  }

  private Ran activate(String... more) {
    String[] arguments = {"masterkey", "activate", MasterRing.NAME, VERSION};
    return masters.command(
        up, Stream.of(arguments, more).flatMap(Arrays::stream).toArray(String[]::new));
  }

  private void isActivatedWithout(String idOfC) {
    masters.give(b, "m-first", "m-second");
    masters.command(up, "masterkey", "fetch", MasterRing.NAME).orFail();
    Ran refused = activate();
    assertThat(refused.exit()).as("%s", refused).isEqualTo(6);
    assertThat(refused.err()).contains(idOfC).doesNotContain(MasterRing.hostId(b));

    activate("--without", idOfC).orFail();
    Ran status = masters.command(up, "masterkey", "status", MasterRing.NAME);
    assertThat(status.exit()).as("%s", status).isEqualTo(9);
    assertThat(status.out()).contains("FORMER", "ACTIVE");
    assertThat(status.err()).contains(idOfC).doesNotContain(MasterRing.hostId(b));
  }

  /** A data key that the node that is away cannot open when it comes back. */
  private String rotatedWithout(String first) {
    masters.command(up, "keys", "rotate", "--master", MasterRing.NAME).orFail();
    CompositeData newest = MasterRing.dataKeys(b).get(0);
    assertThat(newest.get("wrappedByVersion")).isEqualTo(2);
    String second = String.valueOf(newest.get("keyId"));
    assertThat(second).isNotEqualTo(first);
    up.forEach(MasterRing::look);
    later.insert(a.cql(), 10);
    up.forEach(node -> node.jmx().flush("m"));
    assertThat(masters.sealed(a, "later").keyIds()).contains(second);
    return second;
  }

  /** With the former master key: it opens, seals by the data key that it has, and wraps nothing. */
  private void goesOnLeftBehind(String first) {
    c.start();
    masters.ring().awaitEachSeesAll();
    Await.until(
        "c says that it is left behind",
        () ->
            c.log().contains("which this node does not have, so it wraps none")
                && c.log().contains("masterkey fetch " + MasterRing.NAME));
    Await.until(
        "c has what was written meanwhile",
        () -> {
          readAll(c);
          return true;
        });
    c.jmx().flush("m");
    assertThat(masters.sealed(c, "later").keyIds()).containsExactly(first);
    readAll(c);

    Ran rotated = masters.command(List.of(c), "keys", "rotate", "--master", MasterRing.NAME);
    assertThat(rotated.exit()).as("%s", rotated).isEqualTo(6);
    assertThat(rotated.err()).contains("wraps no keys", "masterkey fetch " + MasterRing.NAME);
    Ran fetched = masters.command(List.of(c), "masterkey", "fetch", MasterRing.NAME);
    assertThat(fetched.exit()).as("%s", fetched).isEqualTo(9);
    assertThat(fetched.err()).contains("does not have");
    assertThat(MasterRing.dataKeys(c)).hasSize(2);
  }

  private void isBroughtBack(String second) {
    masters.give(c, "m-first", "m-second");
    masters.command(List.of(c), "masterkey", "fetch", MasterRing.NAME).orFail();
    masters.command(all, "masterkey", "status", MasterRing.NAME).orFail();
    MasterRing.look(c);
    later.insert(c.cql(), 10);
    c.jmx().flush("m");
    assertThat(masters.sealed(c, "later").keyIds()).contains(second);
    masters.command(List.of(c), "keys", "rotate", "--master", MasterRing.NAME).orFail();
    assertThat(MasterRing.dataKeys(a)).hasSize(3);
    all.forEach(MasterRing::look);
    all.forEach(this::readAll);
  }

  /**
   * The last step: wrapped anew, each node's copies too, so it starts without the key of before.
   */
  private void needsTheFormerKeyNoMore() throws IOException {
    Ran rewrapped = masters.command(all, "keys", "rewrap", "--master", MasterRing.NAME).orFail();
    assertThat(rewrapped.out())
        .contains(
            "1 data keys were wrapped anew", "Every data key is wrapped by its active master key");
    List<CompositeData> keys = MasterRing.dataKeys(c);
    assertThat(keys)
        .hasSize(3)
        .extracting(key -> key.get("wrappedByVersion"))
        .isEqualTo(List.of(2, 2, 2));
    all.forEach(this::readAll);
    assertThat(Set.copyOf(keys.stream().map(key -> key.get("wrappedBy")).toList())).hasSize(1);
    for (CassandraNode node : all) {
      MasterRing.look(node);
      assertThat(masters.copiesAreUnder(node, String.valueOf(keys.get(0).get("wrappedBy"))))
          .as("copies of %s", node)
          .isTrue();
      masters.give(node, "m-second");
    }
    c.restart();
    masters.ring().awaitEachSeesAll();
    assertThat(c.log()).doesNotContain("is not that key's");
    masters.command(all, "masterkey", "status", MasterRing.NAME).orFail();
  }
}
