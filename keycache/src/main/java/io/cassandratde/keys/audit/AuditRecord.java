package io.cassandratde.keys.audit;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A line as the chain sees it.
 *
 * @param seq counts from 1
 * @param previous SHA-256 of the line before, in hexadecimal; of the first record, zeros
 * @param intent of a result: the record that announced it
 */
public record AuditRecord(long seq, String previous, String phase, long intent) {

  static final int VERSION = 1;
  public static final String INTENT = "intent";
  public static final String RESULT = "result";

  /** Of a node: what happened, without an intent before it. */
  public static final String EVENT = "event";

  /** What the first record follows. */
  static final String NOTHING = "0".repeat(64);

  /** ASCII alone: what a server says must neither drive a terminal nor end a line. */
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  static {
    JSON.getFactory().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
  }

  /** Not a record. */
  static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedException(String why) {
      super(why);
    }
  }

  /** A line without its end. */
  static byte[] line(long seq, String previous, Map<String, ? extends @Nullable Object> content) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("version", VERSION);
    tree.put("seq", seq);
    tree.put("previous", previous);
    tree.putAll(content);
    try {
      return JSON.writeValueAsString(tree).getBytes(StandardCharsets.US_ASCII);
    } catch (JacksonException e) {
      throw new IllegalStateException("an audit record cannot be written as JSON", e);
    }
  }

  static AuditRecord parse(byte[] line) throws MalformedException {
    JsonNode tree;
    try {
      tree = JSON.readTree(line);
    } catch (java.io.IOException e) {
      throw new MalformedException("no JSON");
    }
    if (!tree.isObject() || tree.path("version").asInt() != VERSION) {
      throw new MalformedException("no record of version " + VERSION);
    }
    JsonNode seq = tree.path("seq");
    String previous = tree.path("previous").asText();
    if (!seq.isIntegralNumber() || !seq.canConvertToLong() || !previous.matches("[0-9a-f]{64}")) {
      throw new MalformedException("it has no number, or no hash of the line before");
    }
    return new AuditRecord(
        seq.asLong(), previous, tree.path("phase").asText(), tree.path("intent").asLong());
  }

  static String hash(byte[] line) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(line));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
