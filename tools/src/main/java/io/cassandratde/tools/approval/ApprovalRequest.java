package io.cassandratde.tools.approval;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * One act that somebody wants to carry out. Times are whole seconds.
 *
 * @param requester user and host; told, and proved by nothing
 * @param reason for who approves it
 * @param nonce makes two requests for the same thing different
 */
record ApprovalRequest(
    Subject subject,
    String requester,
    String reason,
    Instant created,
    Instant expires,
    String nonce) {

  /** No signature of any other protocol or version is over anything that begins so. */
  private static final String DOMAIN = "cassandra-tde approval 1";

  /**
   * What an approver signs: all of this, who he is and when. Each text is preceded by its length
   * and each list by its number, so no two requests have the same bytes.
   *
   * @throws IllegalArgumentException a text is no Unicode
   */
  byte[] signedBytes(String approver, Instant at) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    add(bytes, DOMAIN);
    add(bytes, subject.act().word());
    add(bytes, subject.cluster());
    add(bytes, subject.keyspace());
    add(bytes, subject.keys().size());
    for (SubjectKey key : subject.keys()) {
      add(bytes, key.group());
      add(bytes, key.id());
      add(bytes, key.checkValue());
    }
    add(bytes, subject.tableIds().size());
    subject.tableIds().forEach(id -> add(bytes, id));
    add(bytes, requester);
    add(bytes, reason);
    add(bytes, created.toString());
    add(bytes, expires.toString());
    add(bytes, nonce);
    add(bytes, approver);
    add(bytes, at.toString());
    return bytes.toByteArray();
  }

  private static void add(ByteArrayOutputStream bytes, int number) {
    bytes.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
  }

  /** Half of a surrogate pair would become a question mark, as which something else may stand. */
  private static void add(ByteArrayOutputStream bytes, String text) {
    try {
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] plain = new byte[encoded.remaining()];
      encoded.get(plain);
      add(bytes, plain.length);
      bytes.writeBytes(plain);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("a text in it is no Unicode", e);
    }
  }
}
