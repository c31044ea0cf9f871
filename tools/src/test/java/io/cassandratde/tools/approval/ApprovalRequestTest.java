package io.cassandratde.tools.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is signed, as docs/FORMAT-APPROVAL.md says it. */
class ApprovalRequestTest {

  private static final Instant T = Instant.parse("2026-11-27T12:00:00Z");
  private static final String NONCE = "000102030405060708090a0b0c0d0e0f";
  private static final SubjectKey KEY = new SubjectKey("prod", "k1", "0badcafe");

  private final Path directory;

  ApprovalRequestTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private static ApprovalRequest of(Subject subject) {
    return new ApprovalRequest(subject, "root on ops1", "old", T, T.plusSeconds(86400), NONCE);
  }

  private static String field(String text) {
    return "%08x".formatted(text.length())
        + HexFormat.of().formatHex(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
  }

  @Test
  void the_bytes_are_those_of_the_format() {
    ApprovalRequest request = of(Subject.shred("c1", "tenant", List.of(KEY), List.of("t2", "t1")));
    assertThat(HexFormat.of().formatHex(request.signedBytes("alice", T.plusSeconds(1))))
        .isEqualTo(
            field("cassandra-tde approval 1")
                + field("shred")
                + field("c1")
                + field("tenant")
                + "00000001"
                + field("prod")
                + field("k1")
                + field("0badcafe")
                + "00000002"
                + field("t1")
                + field("t2")
                + field("root on ops1")
                + field("old")
                + field("2026-11-27T12:00:00Z")
                + field("2026-11-28T12:00:00Z")
                + field(NONCE)
                + field("alice")
                + field("2026-11-27T12:00:01Z"));
  }

  @Test
  void no_two_requests_have_the_same_bytes() {
    ApprovalRequest one = of(Subject.destroy("c1", KEY));
    Set<String> all = new HashSet<>();
    List<ApprovalRequest> requests =
        List.of(
            one,
            of(Subject.destroyByForce(KEY)),
            of(Subject.destroy("c", new SubjectKey("1prod", "k1", "0badcafe"))),
            of(Subject.destroy("c1", new SubjectKey("pro", "dk1", "0badcafe"))),
            of(Subject.destroy("c1", new SubjectKey("prod", "k1", ""))),
            of(Subject.shred("c1", "k", List.of(KEY), List.of())),
            of(Subject.shred("c1", "k", List.of(KEY), List.of("t1", "t2"))),
            of(Subject.shred("c1", "k", List.of(KEY), List.of("t1t2"))),
            new ApprovalRequest(one.subject(), "a", "b", T, T, NONCE),
            new ApprovalRequest(one.subject(), "ab", "", T, T, NONCE),
            new ApprovalRequest(one.subject(), "ab", "", T, T.plusSeconds(1), NONCE),
            new ApprovalRequest(one.subject(), "ab", "", T.plusSeconds(1), T, NONCE),
            new ApprovalRequest(one.subject(), "ab", "", T, T, NONCE.replace('f', 'e')));
    for (ApprovalRequest each : requests) {
      assertThat(all.add(HexFormat.of().formatHex(each.signedBytes("alice", T)))).isTrue();
    }
    assertThat(all.add(HexFormat.of().formatHex(one.signedBytes("bob", T)))).isTrue();
    assertThat(all.add(HexFormat.of().formatHex(one.signedBytes("alice", T.plusSeconds(1)))))
        .isTrue();
  }

  @Test
  void half_a_character_is_not_signed_as_a_question_mark() {
    ApprovalRequest request =
        new ApprovalRequest(Subject.destroy("c", KEY), "r", "\ud83d", T, T, NONCE);
    assertThatThrownBy(() -> request.signedBytes("alice", T))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no Unicode");
  }

  @Test
  void openssl_verifies_a_signature_over_the_documented_bytes() throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    ApprovalRequest request = of(Subject.destroy("c1", KEY));
    Approval approval = Approval.sign(request, "alice", T, pair.getPrivate());
    Files.write(directory.resolve("bytes"), request.signedBytes("alice", T));
    Files.write(directory.resolve("signature"), Base64.getDecoder().decode(approval.signature()));
    Files.write(directory.resolve("public.der"), pair.getPublic().getEncoded());
    assertThat(
            new Openssl(directory)
                .run(
                    ("pkeyutl -verify -rawin -pubin -keyform DER -inkey public.der"
                            + " -in bytes -sigfile signature")
                        .split(" ", -1)))
        .contains("Verified Successfully");
    assertThat(approval.isOf(request, pair.getPublic())).isTrue();
    assertThat(new Approval("bob", T, approval.signature()).isOf(request, pair.getPublic()))
        .isFalse();
    assertThat(
            new Approval("alice", T.plusSeconds(1), approval.signature())
                .isOf(request, pair.getPublic()))
        .isFalse();
    assertThat(new Approval("alice", T, "AAAA").isOf(request, pair.getPublic())).isFalse();
  }
}
