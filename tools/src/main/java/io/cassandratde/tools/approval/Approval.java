package io.cassandratde.tools.approval;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;

/**
 * One person's consent to one request.
 *
 * @param approver as the configuration calls him
 * @param at when he signed, by his clock; whole seconds
 * @param signature Ed25519 (RFC 8032) in base64
 */
record Approval(String approver, Instant at, String signature) {

  static final String ALGORITHM = "Ed25519";

  static Approval sign(ApprovalRequest request, String approver, Instant at, PrivateKey key)
      throws GeneralSecurityException {
    Signature signer = Signature.getInstance(ALGORITHM);
    signer.initSign(key);
    signer.update(request.signedBytes(approver, at));
    return new Approval(approver, at, Base64.getEncoder().encodeToString(signer.sign()));
  }

  /** Whether this key signed exactly this request under this name. */
  boolean isOf(ApprovalRequest request, PublicKey key) {
    try {
      Signature verifier = Signature.getInstance(ALGORITHM);
      verifier.initVerify(key);
      verifier.update(request.signedBytes(approver, at));
      return verifier.verify(Base64.getDecoder().decode(signature));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false; // of another length or form: no signature
    }
  }
}
