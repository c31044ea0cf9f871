package io.cassandratde.keys.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApprovalsConfigTest {

  private static final String A = key("Ed25519");
  private static final String B = key("Ed25519");

  private final ConfigFiles files;

  ApprovalsConfigTest(@TempDir Path directory) {
    files = new ConfigFiles(directory);
  }

  private static String key(String algorithm) {
    try {
      return Base64.getEncoder()
          .encodeToString(
              KeyPairGenerator.getInstance(algorithm).generateKeyPair().getPublic().getEncoded());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private ApprovalsConfig parse(String section) {
    return Objects.requireNonNull(files.parse("approvals: {" + section + "}\n").approvals());
  }

  private void refused(String section, String... words) {
    assertThatThrownBy(() -> parse(section))
        .isInstanceOf(ConfigException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(words));
  }

  @Test
  void is_off_without_the_section_and_never_by_an_empty_one() {
    assertThat(files.parse("crypto_provider: SunJCE\n").approvals()).isNull();
    assertThatThrownBy(() -> files.parse("approvals:\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("approvals: is empty, and would approve everything");
    refused("", "approvals.approvers: is missing");
    refused("approvers: {}", "approvals.approvers: is missing");
    refused("approvers: ''", "approvals.approvers");
  }

  @Test
  void two_of_the_approvers_must_agree_within_a_day_unless_it_says_otherwise() {
    ApprovalsConfig usual = parse("approvers: {alice: " + A + ", bob: " + B + "}");
    assertThat(usual.required()).isEqualTo(2);
    assertThat(usual.validity()).isEqualTo(Duration.ofDays(1));
    assertThat(usual.approvers()).containsOnlyKeys("alice", "bob");
    ApprovalsConfig other = parse("required: 1, valid_hours: 3, approvers: {a.b@c-d: " + A + "}");
    assertThat(other.required()).isEqualTo(1);
    assertThat(other.validity()).isEqualTo(Duration.ofHours(3));
  }

  @Test
  void approvers_may_stand_in_a_file_of_their_own_that_its_owner_alone_may_write() {
    files.write("approvers.yaml", "alice: " + A + "\nbob: " + B + "\n");
    assertThat(parse("approvers: approvers.yaml").approvers()).containsOnlyKeys("alice", "bob");
    files.write("approvers.yaml", "alice: " + A + "\nbob: " + B + "\n", "rw-rw----");
    refused("approvers: approvers.yaml", "others than its owner may write", "chmod go-w");
    refused("approvers: nowhere.yaml", "nowhere.yaml", "cannot be read");
    files.write("twice.yaml", "alice: " + A + "\nbob: " + A + "\n");
    refused("approvers: twice.yaml", "has the key of alice");
  }

  @Test
  void a_configuration_that_others_may_write_names_no_approvers() {
    Path file =
        files.write(
            "loose.yaml",
            "approvals: {approvers: {alice: " + A + ", bob: " + B + "}}\n",
            "rw-r--rw-");
    assertThatThrownBy(() -> TdeConfig.load(file))
        .hasMessageContaining("loose.yaml, which others than its owner may write (rw-r--rw-)");
  }

  @Test
  void one_person_is_not_two() {
    refused("approvers: {alice: " + A + ", bob: " + A + "}", "bob: has the key of alice");
  }

  @Test
  void what_could_never_be_approved_or_is_no_key_is_refused() {
    refused("approvers: {alice: " + A + "}", "required: is 2, and there are 1");
    refused("required: 0, approvers: {alice: " + A + "}", "required");
    refused("valid_hours: 0, approvers: {alice: " + A + ", bob: " + B + "}", "valid_hours");
    refused("approvers: {alice: " + A + ", bob: abc}", "approvers.bob: is no Ed25519 public key");
    refused("approvers: {alice: " + A + ", bob: " + key("X25519") + "}", "bob: is no Ed25519");
    String longer =
        Base64.getEncoder()
            .encodeToString(java.util.Arrays.copyOf(Base64.getDecoder().decode(B), 60));
    refused("approvers: {alice: " + A + ", bob: '" + longer + "'}", "bob: is no Ed25519");
    refused("approvers: {alice: " + A + ", 'b b': " + B + "}", "is no name of an approver");
    refused("needed: 2, approvers: {alice: " + A + "}", "needed: is no known option");
  }
}
