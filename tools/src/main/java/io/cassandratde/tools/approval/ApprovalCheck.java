package io.cassandratde.tools.approval;

import io.cassandratde.keys.config.ApprovalsConfig;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Counts who of the enrolled approvers has signed a request, and holds it against what is done. */
final class ApprovalCheck {

  /** How far the clocks of an approver and of the machine that carries it out may be apart. */
  static final Duration SKEW = Duration.ofMinutes(5);

  private final ApprovalsConfig config;
  private final Instant now;

  ApprovalCheck(ApprovalsConfig config, Instant now) {
    this.config = config;
    this.now = now;
  }

  /**
   * What was found.
   *
   * @param approvers enrolled ones whose signature is good, with their keys' fingerprints
   * @param notCounted each with its reason
   */
  record Count(Map<String, String> approvers, Set<String> notCounted) {

    /** Such as {@code alice (SHA256:…), bob (SHA256:…)}. */
    String names() {
      return approvers.entrySet().stream()
          .map(each -> each.getKey() + " (" + each.getValue() + ")")
          .collect(Collectors.joining(", "));
    }
  }

  /** Everyone counts once, in however many copies of the request he stands. */
  Count count(ApprovalRequest request, List<Approval> approvals) {
    Map<String, String> approvers = new LinkedHashMap<>();
    Set<String> notCounted = new LinkedHashSet<>();
    for (Approval approval : approvals) {
      String name = approval.approver();
      PublicKey key = config.approvers().get(name);
      if (key == null) {
        notCounted.add(name + " is no approver in the configuration");
      } else if (!approval.isOf(request, key)) {
        notCounted.add(
            name + "'s signature is not over this request, or not by the key in the configuration");
      } else if (approval.at().isAfter(now.plus(SKEW))) {
        notCounted.add(name + " signed at " + approval.at() + ", which lies ahead");
      } else {
        approvers.put(name, fingerprint(key));
      }
    }
    return new Count(approvers, notCounted);
  }

  /** What speaks against carrying out this subject by this request; empty: nothing. */
  List<String> objections(ApprovalRequest request, Count count, Subject subject) {
    List<String> objections = new ArrayList<>(subject.differences(request.subject()));
    objections.addAll(outOfTime(request));
    int missing = config.required() - count.approvers().size();
    if (missing > 0) {
      objections.add(
          "%d of %d approvals are there (%s), %d missing; approvers are %s"
              .formatted(
                  count.approvers().size(),
                  config.required(),
                  count.approvers().isEmpty()
                      ? "none"
                      : String.join(", ", count.approvers().keySet()),
                  missing,
                  String.join(", ", config.approvers().keySet())));
      objections.addAll(count.notCounted());
    }
    return objections;
  }

  /** The request says how long it is good for, and the configuration how long one may be. */
  List<String> outOfTime(ApprovalRequest request) {
    List<String> objections = new ArrayList<>();
    if (!request.expires().isAfter(now)) {
      objections.add("it expired at " + request.expires());
    }
    if (request.created().isAfter(now.plus(SKEW))) {
      objections.add("it was written at " + request.created() + ", which lies ahead");
    }
    if (request.expires().isAfter(request.created().plus(config.validity()))) {
      objections.add(
          "it claims to be good until %s, and approvals.valid_hours allows %d hours from %s"
              .formatted(request.expires(), config.validity().toHours(), request.created()));
    }
    return objections;
  }

  /** As ssh shows keys, so that a record tells which key it was. */
  static String fingerprint(PublicKey key) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
      return "SHA256:"
          + new String(
              Base64.getEncoder().withoutPadding().encode(hash), StandardCharsets.US_ASCII);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }
}
