package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.datastax.oss.driver.api.core.cql.Row;
import io.cassandratde.e2e.cql.Sessions;
import io.cassandratde.e2e.files.SealedFiles;
import io.cassandratde.e2e.kmip.Gate;
import io.cassandratde.e2e.kmip.KmipGroup;
import io.cassandratde.e2e.kmip.PyKmip;
import io.cassandratde.e2e.kmip.Stores;
import io.cassandratde.e2e.load.SteadyLoad;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import io.cassandratde.e2e.process.Distribution;
import io.cassandratde.e2e.process.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Another configuration and other TLS stores on a node that runs. It gets the group by a reload,
 * which it did not have when it started; its key server stands behind a gate, so that others can
 * take its place under its address.
 */
@OnOperatedNode
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NodeConfigurationTest {

  private static final String BEAN = "io.cassandratde:type=Configuration";
  private static final String GROUP = "turning";
  private static final int HOUR = 3_600_000;

  private final TestBed bed;
  private final OperatedNode operated;
  private final CassandraNode node;
  private final Stores before;
  private final Stores after;
  private final Stores both;

  /** Where the node has its own. */
  private final Path stores;

  private final Gate gate;
  private PyKmip server;

  /** As it was added: the node looks at its keys once an hour. */
  private final KmipGroup group;

  NodeConfigurationTest(TestBed bed) throws IOException {
    this.bed = bed;
    operated = bed.operated();
    node = operated.node();
    Path directory = bed.directory().resolve(GROUP);
    before = Stores.create(directory.resolve("before"), "first CA", Duration.ofDays(6));
    after = Stores.create(directory.resolve("after"), "second CA", Duration.ofDays(40));
    both = before.alsoTrusting(after, directory.resolve("both"));
    stores = Files.createDirectories(directory.resolve("node"));
    moveIntoPlace(before.keystore());
    moveIntoPlace(before.truststore());
    server = start(both);
    gate = bed.keep(new Gate(server.address()));
    group =
        new KmipGroup(
            GROUP,
            List.of(gate.address()),
            stores.resolve(before.keystore().getFileName()),
            stores.resolve(before.truststore().getFileName()),
            Stores.PASSWORD,
            Stores.PASSWORD);
    write(group, HOUR, "");
    CompositeData added = reload();
    assertThat(list(added, "changed")).containsExactly("kmip_hosts.turning (added)");
    operated.keyspace(GROUP);
  }

  /** With the keys that the one before had. */
  private PyKmip start(Stores by) {
    Path directory = bed.directory().resolve(GROUP).resolve("server");
    return bed.keep(PyKmip.start(Distribution.projectRoot(), directory, by));
  }

  /** As an operator does it: never half a file. */
  private void moveIntoPlace(Path store) throws IOException {
    Path fresh = Files.copy(store, stores.resolve("fresh"), StandardCopyOption.COPY_ATTRIBUTES);
    Files.move(fresh, stores.resolve(store.getFileName()), StandardCopyOption.ATOMIC_MOVE);
  }

  private void write(KmipGroup turning, int keyCacheMillis, String more) {
    operated.configure(
        turning
            .yaml()
            .replace(
                "key_cache_millis: " + KmipGroup.KEY_CACHE_MILLIS,
                "key_cache_millis: " + keyCacheMillis),
        more);
  }

  private CompositeData reload() {
    return (CompositeData) node.jmx().run(BEAN, "reload");
  }

  private static List<String> list(CompositeData report, String name) {
    return List.of((String[]) report.get(name));
  }

  private Rows table(String name) {
    operated.table(GROUP + "." + name, Rows.COLUMNS, encryption(name));
    return new Rows(GROUP + "." + name);
  }

  private static Encryption encryption(String table) {
    return Encryption.lz4(GROUP, GROUP + "_" + table);
  }

  private void flushed(Rows rows) {
    rows.insert(node.cql(), 20);
    node.jmx().flush(GROUP, rows.name());
  }

  private SealedFiles sealed(String table) {
    return SealedFiles.of(bed.distribution(), node.dataFiles(GROUP, table).toArray(Path[]::new));
  }

  @Test
  void a_reload_takes_over_what_can_change_and_nothing_of_a_wrong_file() {
    write(group, HOUR, "");
    var unused = reload();
    Rows rows = table("reloaded");
    flushed(rows);
    String old = sealed("reloaded").onlyKeyId();

    // Host and interval: what stood behind the gate is reached without it, and looked at each
    // second.
    KmipGroup direct = group.withHosts(server.address());
    write(direct, KmipGroup.KEY_CACHE_MILLIS, "");
    CompositeData taken = reload();
    gate.shut();
    assertThat(list(taken, "changed"))
        .containsExactlyInAnyOrder(
            "kmip_hosts.turning.hosts", "kmip_hosts.turning.key_cache_millis");
    assertThat(list(taken, "needRestart")).isEmpty();
    bed.distribution().dsetool(operated.config(), "managekmip", "revoke", GROUP, old).orFail();
    Pattern line = Pattern.compile(encryption("reloaded").currentKeyLine(old));
    Await.until("a key that nobody had it look for", () -> line.matcher(node.log()).find());
    flushed(rows);
    assertThat(sealed("reloaded").keyIds()).hasSize(2).contains(old);
    assertThat(
            node.execute(
                    "SELECT host, healthy FROM system_encryption.kmip_hosts WHERE key_group = '"
                        + GROUP
                        + "'")
                .all())
        .extracting(row -> row.getString("host"), row -> row.getBoolean("healthy"))
        .containsExactly(tuple(server.address(), true));

    String readAt = (String) node.jmx().attribute(BEAN, "ReadAt");
    write(direct, 2000, "startup_key_wiat: 5s\n");
    refused("startup_key_wiat", operated.config().toString());
    write(direct.withHosts(bed.nobody()), KmipGroup.KEY_CACHE_MILLIS, "");
    refused("with the new settings", "which this node seals with", bed.nobody());
    assertThat(node.jmx().attribute(BEAN, "ReadAt")).isEqualTo(readAt);
    write(direct, KmipGroup.KEY_CACHE_MILLIS, "index_cache_size: 64MiB\n");
    for (int again = 0; again < 2; again++) {
      CompositeData waiting = reload();
      assertThat(list(waiting, "changed")).as("in force all the time").isEmpty();
      assertThat(list(waiting, "needRestart")).containsExactly("index_cache_size");
    }
    flushed(rows);
    rows.assertAllRead(node.cql());
    gate.open();
  }

  private void refused(String... words) {
    assertThatThrownBy(this::reload)
        .cause()
        .rootCause()
        .hasMessageStartingWith("Nothing was changed. ")
        .hasMessageContainingAll(words);
    assertThat(node.log()).contains("Reload refused, everything stays as it was");
  }

  @Test
  void certificates_and_authorities_are_replaced_while_a_writer_runs() throws Exception {
    write(group, KmipGroup.KEY_CACHE_MILLIS, "");
    var unused = reload();
    Rows rows = table("turned");
    flushed(rows);
    String key = sealed("turned").onlyKeyId();
    assertThat(certificates())
        .containsExactly("keystore CN=cassandra-node 5", "truststore CN=first CA 5");
    assertThat(node.log()).containsPattern("group turning \\(CN=cassandra-node, .* in 5 days");
    Path outdated =
        bed.writeConfig(
            "outdated.yaml",
            List.of(
                new KmipGroup(
                    GROUP,
                    group.hosts(),
                    before.keystore(),
                    both.truststore(),
                    Stores.PASSWORD,
                    Stores.PASSWORD)));
    bed.distribution().dsetool(outdated, "managekmip", "list", GROUP).orFail();

    try (SteadyLoad load =
        new SteadyLoad(Sessions.quorum(List.of(node.address()), 9042), GROUP + ".turned", 1000, 200)
            .start()) {
      long process = node.pid();
      moveIntoPlace(both.truststore());
      moveIntoPlace(after.keystore());
      Await.until(
          "the new stores, without a reload",
          () ->
              certificates()
                  .equals(
                      List.of(
                          "keystore CN=cassandra-node 39",
                          "truststore CN=first CA 5",
                          "truststore CN=second CA 39")));
      node.jmx().flush(GROUP, "turned");
      // The server that comes then trusts the new authority alone, and is known by it.
      PyKmip former = server;
      server = start(after);
      gate.leadTo(server.address());
      former.kill();
      Ran stranger = bed.distribution().dsetool(outdated, "managekmip", "list", GROUP);
      assertThat(stranger.exit()).as("the certificate of before: %s", stranger).isNotZero();
      operated.operations().refreshKeys();
      assertThat(operated.operations().checkKey(GROUP, key).get("bits")).isEqualTo(256);
      node.jmx().flush(GROUP, "turned");
      assertThat(node.pid()).isEqualTo(process);
      load.stop();
      assertThat(load.failures()).isEmpty();
      load.requireAllRows(node.cql(), GROUP + ".turned");
    }
    assertThat(sealed("turned").onlyKeyId()).isEqualTo(key);
    assertThat(node.jmx().attribute(BEAN, "StoresFailure")).isNull();
    assertThat(daysLeft("keystore")).isEqualTo(39L);
    assertThat(daysLeft("truststore")).isEqualTo(5L);
  }

  /** The node's, in the order of the table. */
  private List<String> certificates() {
    return node
        .execute(
            "SELECT store, subject, days_left FROM system_encryption.certificates WHERE key_group ="
                + " '"
                + GROUP
                + "'")
        .all()
        .stream()
        .map(NodeConfigurationTest::certificate)
        .collect(Collectors.toList());
  }

  private static String certificate(Row row) {
    return row.getString("store") + " " + row.getString("subject") + " " + row.getLong("days_left");
  }

  private Object daysLeft(String store) {
    return node.jmx()
        .attribute(
            "org.apache.cassandra.metrics:type=TdeTls,scope="
                + GROUP
                + "."
                + store
                + ",name=CertificateDaysLeft",
            "Value");
  }
}
