package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Ran;
import io.cassandratde.keys.pkcs11.FailingToken;
import io.cassandratde.keys.pkcs11.SoftToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A master key moves from its key file into a token, to the token's next key, and home again, by
 * docs/OPERATIONS.md. The token is this class's own, so that the operated node's keeps its keys.
 */
@OnOperatedNode
class MasterInTokenTest {

  private static final String MASTER = "token_master";
  private static final String BEAN = "io.cassandratde:type=KeyHierarchy";

  private final CassandraNode node;
  private final Path config;
  private final String found;
  private final Path keyFile;
  private final Path pin;
  private final SoftToken token;
  private final ReplicatedKeys keys;

  MasterInTokenTest(TestBed bed) throws Exception {
    node = bed.operated().node();
    config = bed.operated().config();
    found = Files.readString(config);
    keyFile = bed.systemKeys().resolve(MASTER);
    pin = bed.directory().resolve("token.pin");
    token = SoftToken.unused();
    keys = ReplicatedKeys.under(bed, MASTER);
  }

  @AfterEach
  void asItWas() throws IOException {
    Files.writeString(config, found);
    keys.asked("reload").orFail();
  }

  @Test
  void a_master_key_moves_into_a_token_to_its_next_key_and_home() throws Exception {
    assertThatThrownBy(() -> node.jmx().run(BEAN, "fetchMaster", MASTER))
        .hasStackTraceContaining("masterkey propose " + MASTER);
    Rows one = keys.table("one");
    Rows two = keys.table("two");
    keys.asked("keys", "rotate", "--master", MASTER, "--namespace", "two").orFail();
    keys.flushed(two);
    List<Path> data = files();
    String inFile = wrappedBy();

    token.makeKey("m-a", 256);
    place("{pkcs11: masters, former: [{system_key_file: %s}]}", "primary_key: m-a");
    assertThat(wrappedBy()).as("until it is activated").isEqualTo(inFile);
    String a = agreedOn(2);
    token.makeKey("m-b", 256);
    place("{pkcs11: masters}", "primary_key: m-b, secondary_key: m-a");
    String b = agreedOn(3);
    assertThat(Set.of(inFile, a, b)).hasSize(3);

    place("{pkcs11: masters}", "primary_key: m-b");
    token.deleteKey("m-a");
    Path aside = Files.move(keyFile, keyFile.resolveSibling(MASTER + ".aside"));
    opensByTheTokenAlone(one, two, b);
    Files.move(aside, keyFile);
    assertThat(files()).as("no data was touched").containsAll(data);

    place("{system_key_file: %s, former: [{pkcs11: masters}]}", "primary_key: m-b");
    assertThat(agreedOn(4)).as("home").isEqualTo(inFile);
    token.deleteKey("m-b");
    asItWas();
    keys.listed("one");
    one.assertAllRead(node.cql());
    two.assertAllRead(node.cql());
  }

  private List<Path> files() {
    return List.of("one", "two").stream()
        .flatMap(table -> node.dataFiles(MASTER, table).stream())
        .toList();
  }

  /** Where the master key is from now on, by the configuration and a reload. */
  private void place(String place, String labels) throws Exception {
    String section =
        "pkcs11:\n  masters: {library: %s, slot: %d, pin: {file: %s}, %s}\n"
            .formatted(FailingToken.library(), token.slot(), pin, labels);
    String masters = "replicated_keys: {master_keys: {" + MASTER + ": " + place + "}, ";
    Files.writeString(
        config,
        found
            .replace("pkcs11:\n", section)
            .replace("replicated_keys: {", masters.formatted(MASTER)));
    keys.asked("reload").orFail();
  }

  /** Proposed, activated and every data key wrapped by it; returns its id. */
  private String agreedOn(int version) {
    String before = wrappedBy();
    keys.asked("masterkey", "propose", MASTER).orFail();
    keys.asked("masterkey", "activate", MASTER, String.valueOf(version)).orFail();
    assertThat(wrappedBy()).as("until they are wrapped anew").isEqualTo(before);
    Ran rewrap = keys.asked("keys", "rewrap", "--master", MASTER).orFail();
    assertThat(rewrap.out()).contains("Every data key is wrapped by its active master key");
    CompositeData master =
        told("MasterKeys", "name").stream()
            .filter(each -> Objects.equals(each.get("version"), version))
            .findFirst()
            .orElseThrow();
    assertThat(master.get("state")).isEqualTo("ACTIVE");
    assertThat(wrappedBy()).isNotEqualTo(before).isEqualTo(master.get("keyId"));
    return wrappedBy();
  }

  /** With the earlier key gone from the token, and the file from its place. */
  private void opensByTheTokenAlone(Rows one, Rows two, String b) throws Exception {
    assertThat(keys.listed("one")).as("each opened by its newest wrap").hasSize(1);
    assertThat(keys.listed("two")).hasSize(2);
    keys.asked("keys", "rotate", "--master", MASTER, "--namespace", "one").orFail();
    keys.flushed(one);
    assertThat(keys.sealed(one).keyIds()).as("the one of before, and the new one").hasSize(2);
    assertThat(wrappedBy()).isEqualTo(b);
    one.assertAllRead(node.cql());
    two.assertAllRead(node.cql());
  }

  /** The master key of the newest wraps of all of its data keys. */
  private String wrappedBy() {
    Set<String> by =
        told("DataKeys", "master").stream()
            .map(key -> String.valueOf(key.get("wrappedBy")))
            .collect(Collectors.toSet());
    assertThat(by).as("the same for every data key").hasSize(1);
    return by.iterator().next();
  }

  /** What the bean says of this master key, read now. */
  private List<CompositeData> told(String attribute, String name) {
    return Arrays.stream((CompositeData[]) node.jmx().attribute(BEAN, attribute))
        .filter(each -> MASTER.equals(each.get(name)))
        .toList();
  }
}
