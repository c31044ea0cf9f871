package io.cassandratde.tools.approval;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.TestSession;
import io.cassandratde.tools.command.KmipFixture;
import io.cassandratde.tools.destroy.KeyBeans;
import io.cassandratde.tools.jmx.JmxNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code managekmip destroy} where two people must agree, against a real key server. */
class ApprovedDestroyTest {

  private static final String PASSPHRASE = Approvers.PASSPHRASE;

  private final Path directory;
  private final Path request;
  private final Approvers approvers = Approvers.get();
  private KmipFixture kmip;
  private JmxNode node;
  private KeyBeans beans;
  private TestSession session;
  private String key = "";

  ApprovedDestroyTest(@TempDir Path directory) throws Exception {
    this.directory = directory;
    request = directory.resolve("request.json");
    kmip = new KmipFixture(directory.resolve("kmip"));
    node = new JmxNode("one");
    beans = new KeyBeans();
    session = kmip.session();
  }

  @BeforeEach
  void revokedLongAgo() throws Exception {
    beans.on(node);
    approvers.require(kmip, directory.resolve("audit.log"));
    key = kmip.newKey();
    assertThat(session.run("managekmip", "revoke", "prod", key)).isEqualTo(ExitCode.OK);
    kmip.anHourPasses();
  }

  @AfterEach
  void close() throws Exception {
    node.close();
    kmip.close();
  }

  private ExitCode destroy(String... more) {
    List<String> words =
        new ArrayList<>(List.of("managekmip", "destroy", "prod", key, "--contact", node.address()));
    words.addAll(List.of(more));
    return session.run(words.toArray(String[]::new));
  }

  private void requested(String... more) {
    List<String> words = new ArrayList<>(List.of("--request-approval", request.toString()));
    words.addAll(List.of(more));
    assertThat(destroy(words.toArray(String[]::new))).as(session.err()).isEqualTo(ExitCode.OK);
  }

  private ExitCode approve(String name, String withKeyOf, String... more) {
    return approvers.sign(session, request, name, withKeyOf, more);
  }

  private void approved(String... names) {
    approvers.approve(session, request, names);
  }

  private ExitCode carriedOut(String... more) {
    List<String> words =
        new ArrayList<>(List.of("--attest", "all", "--yes", "--approval", request.toString()));
    words.addAll(List.of(more));
    return destroy(words.toArray(String[]::new));
  }

  private void refused(String... words) throws Exception {
    assertThat(carriedOut()).as(session.err()).isEqualTo(ExitCode.NOT_APPROVED);
    assertThat(session.err()).contains("not approved, and nothing was destroyed").contains(words);
    assertThat(beans.calls).as("no node was fenced").isEmpty();
    assertThat(audit()).contains("\"outcome\":\"failed\"").contains("not approved");
  }

  private String audit() throws IOException {
    return Files.readString(directory.resolve("audit.log"));
  }

  private void edit(Consumer<ObjectNode> change) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode tree = (ObjectNode) mapper.readTree(request.toFile());
    change.accept(tree);
    mapper.writeValue(request.toFile(), tree);
  }

  private void timePasses(Duration time) {
    Instant then = Instant.now().plus(time);
    session.clock(InstantSource.fixed(then));
  }

  @Test
  void a_key_is_destroyed_when_two_people_have_signed_the_request() throws Exception {
    requested("--reason", "tenant left");
    assertThat(session.out()).contains("Nothing is destroyed", "2 approvers (of: alice, bob)");
    session.answering(key, PASSPHRASE);
    assertThat(approve("alice", "alice")).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(session.out())
        .contains("DESTROY A KEY for good, when it is proved", "key " + key + " of group prod")
        .contains("cluster:      test cluster", "reason:       tenant left", "nobody yet");
    session.answering(key, PASSPHRASE);
    assertThat(approve("bob", "bob")).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(session.out()).contains("approved by:  alice (SHA256:");

    assertThat(carriedOut()).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(session.out()).contains("Approved by alice (SHA256:", "bob (SHA256:", "destroyed");
    assertThat(audit())
        .contains("\"operation\":\"request-approval\"", "\"reason\":\"tenant left\"")
        .contains("\"operation\":\"approve\"", "\"approver\":\"alice\"")
        .contains("\"approved_by\":\"alice (SHA256:", "\"requested_by\":");
    assertThat(carriedOut()).as("a second time").isNotEqualTo(ExitCode.OK);
  }

  @Test
  void copies_that_were_signed_apart_count_together() throws Exception {
    requested();
    Path copy = Files.copy(request, directory.resolve("copy.json"));
    approved("alice");
    Path alices = Files.move(request, directory.resolve("alices.json"));
    Files.move(copy, request);
    approved("bob");
    assertThat(carriedOut("--approval", alices.toString()))
        .as(session.err())
        .isEqualTo(ExitCode.OK);
  }

  @Test
  void without_approval_nothing_is_destroyed_and_the_way_is_told() throws Exception {
    assertThat(destroy("--attest", "all", "--yes")).isEqualTo(ExitCode.NOT_APPROVED);
    assertThat(session.err()).contains("2 of the approvers alice, bob", "--request-approval");
    assertThat(destroy("--force", "--confirm", key)).isEqualTo(ExitCode.NOT_APPROVED);
    requested();
    refused("0 of 2 approvals are there (none), 2 missing", "approvers are alice, bob");
    approved("alice");
    refused("1 of 2 approvals are there (alice), 1 missing");
  }

  @Test
  void one_person_counts_once() throws Exception {
    requested();
    approved("alice");
    assertThat(approve("alice", "alice", "--yes")).isEqualTo(ExitCode.NOT_APPROVED);
    assertThat(session.err()).contains("has a signature of alice already");
    edit(tree -> ((ArrayNode) tree.get("approvals")).add(tree.at("/approvals/0").deepCopy()));
    refused("1 of 2 approvals are there (alice), 1 missing");
    edit(tree -> ((ObjectNode) tree.at("/approvals/1")).put("approver", "bob"));
    refused("bob's signature is not over this request, or not by the key in the configuration");
    approved("bob");
    assertThat(carriedOut()).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(session.err()).contains("not counted: bob's signature is not over this request");
  }

  @Test
  void a_key_that_is_not_enrolled_signs_nothing() throws Exception {
    requested();
    assertThat(approve("bob", "mallory", "--yes")).isEqualTo(ExitCode.NOT_APPROVED);
    assertThat(session.err()).contains("is not the one that the configuration has for bob");
    assertThat(approve("mallory", "mallory", "--yes")).isEqualTo(ExitCode.NOT_APPROVED);
    assertThat(session.err()).contains("the configuration has no approver mallory");
    assertThat(audit())
        .contains("\"approver\":\"mallory\"", "nothing was signed: the configuration");
    approved("alice");
    TestSession elsewhere = new TestSession().piping(PASSPHRASE + "\n");
    elsewhere.environment("CASSANDRA_CONF", directory.resolve("none").toString());
    assertThat(
            elsewhere.run(
                "approve",
                request.toString(),
                "--as",
                "mallory",
                "--key-file",
                approvers.keyFile("mallory"),
                "--yes"))
        .as(elsewhere.err())
        .isEqualTo(ExitCode.OK);
    assertThat(elsewhere.err()).contains("is checked when it is carried out");
    refused("1 of 2 approvals are there (alice)", "mallory is no approver in the configuration");
    approved("bob");
    assertThat(carriedOut()).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(session.err()).contains("not counted: mallory is no approver");
  }

  @Test
  void an_approval_is_good_for_its_own_act_alone() throws Exception {
    requested();
    approved("alice", "bob");
    assertThat(destroy("--force", "--confirm", key, "--approval", request.toString()))
        .isEqualTo(ExitCode.NOT_APPROVED);
    assertThat(session.err()).contains("operation: approved is destroy, and this is destroy-force");
    node.clusterName = "another";
    refused("cluster: approved is 'test cluster', and this is 'another'");
    node.clusterName = "test cluster";
    String first = key;
    key = kmip.newKey();
    session.run("managekmip", "revoke", "prod", key);
    kmip.anHourPasses();
    refused("keys: approved is [key " + first, "and this is [key " + key);
    key = first;
    edit(tree -> tree.put("operation", "destroy-force").put("cluster", ""));
    assertThat(destroy("--force", "--confirm", key, "--approval", request.toString()))
        .as("edited after it was signed")
        .isEqualTo(ExitCode.NOT_APPROVED);
    assertThat(session.err()).contains("0 of 2 approvals", "alice's signature is not over this");
  }

  @Test
  void a_forced_destroy_has_an_approval_of_its_own() throws Exception {
    requested("--force");
    approved("alice", "bob");
    assertThat(session.out()).contains("WITHOUT ANY PROOF (--force)");
    refused("operation: approved is destroy-force, and this is destroy");
    assertThat(destroy("--force", "--confirm", key, "--approval", request.toString()))
        .as(session.err())
        .isEqualTo(ExitCode.OK);
    assertThat(beans.calls).isEmpty();
  }

  @Test
  void every_edit_after_the_first_signature_takes_the_signatures_away() throws Exception {
    requested("--reason", "old");
    approved("alice", "bob");
    byte[] signed = Files.readAllBytes(request);
    List<Consumer<ObjectNode>> edits =
        List.of(
            tree -> tree.put("reason", "older"),
            tree -> tree.put("requester", "carol on ops1"),
            tree -> tree.put("nonce", "00000000000000000000000000000000"),
            tree -> tree.put("created", "2026-01-01T00:00:00Z"),
            tree -> tree.put("expires", Instant.parse("2999-01-01T00:00:00Z").toString()),
            tree -> ((ObjectNode) tree.at("/keys/0")).put("check_value", "00000000"));
    for (Consumer<ObjectNode> each : edits) {
      Files.write(request, signed);
      edit(each);
      refused("0 of 2 approvals", "alice's signature is not over this request");
    }
    Files.write(request, signed);
    assertThat(carriedOut()).as(session.err()).isEqualTo(ExitCode.OK);
  }

  @Test
  void a_request_ends_and_no_clock_of_its_writer_extends_it() throws Exception {
    requested();
    approved("alice", "bob");
    timePasses(Duration.ofHours(25));
    refused("it expired at");
    assertThat(approve("carol", "mallory", "--yes")).isEqualTo(ExitCode.NOT_APPROVED);
    assertThat(session.err()).contains("expired at", "ask for another one");
    timePasses(Duration.ofMinutes(-10));
    refused("it was written at", "which lies ahead", "alice signed at");
    timePasses(Duration.ofMinutes(-4));
    assertThat(carriedOut()).as("clocks differ a little").isEqualTo(ExitCode.OK);
  }

  @Test
  void a_lifetime_beyond_the_configured_one_is_never_signed() throws Exception {
    requested();
    edit(tree -> tree.put("expires", "2999-01-01T00:00:00Z"));
    assertThat(approve("alice", "alice", "--yes")).isEqualTo(ExitCode.NOT_APPROVED);
    assertThat(session.err()).contains("approvals.valid_hours allows 24 hours");
  }

  @Test
  void a_file_that_says_more_less_or_a_thing_twice_is_none() throws Exception {
    requested();
    byte[] good = Files.readAllBytes(request);
    for (Consumer<ObjectNode> each : BrokenRequests.edits()) {
      Files.write(request, good);
      edit(each);
      assertThat(carriedOut()).as(Files.readString(request)).isEqualTo(ExitCode.CONFIGURATION);
      assertThat(session.err()).contains("is no request for approval that this release reads");
      assertThat(approve("alice", "alice", "--yes")).isEqualTo(ExitCode.CONFIGURATION);
    }
    String text = new String(good, java.nio.charset.StandardCharsets.UTF_8);
    for (String broken : BrokenRequests.of(text)) {
      Files.writeString(request, broken);
      assertThat(broken).isNotEqualTo(text);
      assertThat(carriedOut()).isEqualTo(ExitCode.CONFIGURATION);
    }
  }

  @Test
  void an_approver_confirms_what_he_reads_with_his_own_closed_key() throws Exception {
    requested();
    byte[] unsigned = Files.readAllBytes(request);
    assertThat(approve("alice", "alice")).isEqualTo(ExitCode.NOT_CONFIRMED);
    session.answering("another key");
    assertThat(approve("alice", "alice")).isEqualTo(ExitCode.NOT_CONFIRMED);
    session.answering(key, "wrong passphrase");
    assertThat(approve("alice", "alice")).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(session.err()).contains("the passphrase is wrong");
    Path open = Files.copy(Path.of(approvers.keyFile("alice")), directory.resolve("open.pem"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
    session.answering(key, PASSPHRASE);
    assertThat(
            session.run(
                "approve", request.toString(), "--as", "alice", "--key-file", open.toString()))
        .isEqualTo(ExitCode.CONFIGURATION);
    assertThat(session.err()).contains("chmod 600");
    assertThat(request).hasBinaryContent(unsigned);
    assertThat(audit()).contains("\"operation\":\"approve\"").contains("the passphrase is wrong");
  }

  @Test
  void a_file_that_changed_while_it_was_looked_at_is_not_signed() throws Exception {
    requested();
    ApprovalFile looked = ApprovalFile.read(request);
    approved("alice");
    byte[] alices = Files.readAllBytes(request);
    Approval approval = new Approval("bob", Instant.EPOCH, "A".repeat(86) + "==");
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> looked.add(approval))
        .hasMessageContaining("was changed while you looked at it");
    assertThat(request).hasBinaryContent(alices);
  }

  @Test
  void options_that_contradict_each_other_are_told() throws Exception {
    requested();
    assertThat(destroy("--request-approval", request.toString()))
        .as("never over another file")
        .isEqualTo(ExitCode.CONFIGURATION);
    assertThat(carriedOut("--request-approval", "x")).isEqualTo(ExitCode.USAGE);
    assertThat(destroy("--reason", "x")).isEqualTo(ExitCode.USAGE);
    String longer = directory.resolve("longer.json").toString();
    assertThat(destroy("--request-approval", longer, "--reason", "x".repeat(1001)))
        .isEqualTo(ExitCode.USAGE);
    assertThat(Path.of(longer)).doesNotExist();
    assertThat(session.run("approve", request.toString())).isEqualTo(ExitCode.USAGE);
    assertThat(approve("no name", "alice", "--yes")).isEqualTo(ExitCode.USAGE);
    String text = Files.readString(kmip.configuration());
    kmip.configure(text.substring(0, text.indexOf("approvals:")));
    assertThat(carriedOut()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(session.err()).contains("has no section approvals");
  }
}
