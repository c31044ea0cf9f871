package io.cassandratde.tools.approval;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cassandratde.keys.config.ApprovalsConfig;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/**
 * Reads the file of an approval. Exactly what its format has is taken: a field that is missing,
 * unknown, there twice or of another form makes it no such file.
 */
final class ApprovalJson {

  private static final int LONGEST_TEXT = 1000;
  private static final int MOST_ENTRIES = 2000;
  private static final int MOST_APPROVALS = 64;
  private static final Pattern CHECK_VALUE = Pattern.compile("([0-9a-f]{8})?");
  private static final Pattern TIME =
      Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z");
  private static final Pattern NONCE = Pattern.compile("[0-9a-f]{32}");
  private static final Pattern SIGNATURE = Pattern.compile("[A-Za-z0-9+/]{86}==");

  private final JsonNode tree;
  private final Set<String> seen = new HashSet<>();

  private ApprovalJson(JsonNode tree) {
    if (!tree.isObject()) {
      throw new IllegalArgumentException("something in it is no JSON object");
    }
    this.tree = tree;
  }

  /**
   * Reads.
   *
   * @throws IllegalArgumentException why it is none
   */
  static <T> T read(byte[] content, BiFunction<ApprovalRequest, List<Approval>, T> result) {
    try {
      JsonNode root =
          new ObjectMapper()
              .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
              .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
              .readTree(content);
      ApprovalJson file = new ApprovalJson(root);
      if (!file.text("format").equals(ApprovalFile.FORMAT)) {
        throw new IllegalArgumentException("its format is another one");
      }
      JsonNode version = file.node("version");
      if (!version.isInt() || version.asInt() != ApprovalFile.VERSION) {
        throw new IllegalArgumentException("its version is " + version);
      }
      ApprovalRequest request = file.request();
      List<Approval> approvals = file.approvals();
      file.finish();
      return result.apply(request, approvals);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("no JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private ApprovalRequest request() {
    Act act = Act.of(text("operation"));
    if (act == null) {
      throw new IllegalArgumentException("its operation is none that this release knows");
    }
    List<SubjectKey> keys = new ArrayList<>();
    for (JsonNode each : list("keys", MOST_ENTRIES)) {
      ApprovalJson key = new ApprovalJson(each);
      keys.add(
          new SubjectKey(
              key.text("group"), key.text("id"), key.matching("check_value", CHECK_VALUE)));
      key.finish();
    }
    List<String> tables = new ArrayList<>();
    for (JsonNode each : list("table_ids", MOST_ENTRIES)) {
      tables.add(text("table_ids", each));
    }
    Subject subject = new Subject(act, text("cluster"), text("keyspace"), keys, tables);
    if (keys.isEmpty() || !subject.keys().equals(keys) || !subject.tableIds().equals(tables)) {
      throw new IllegalArgumentException("its lists are empty, not sorted, or say a thing twice");
    }
    if (subject.keyspace().isEmpty() != (act != Act.SHRED)
        || (act != Act.SHRED && !isOneKey(subject))) {
      throw new IllegalArgumentException(
          "its keyspace, keys or tables do not go with " + act.word());
    }
    ApprovalRequest request =
        new ApprovalRequest(
            subject,
            text("requester"),
            text("reason"),
            time("created"),
            time("expires"),
            matching("nonce", NONCE));
    var unused = request.signedBytes("", request.created()); // or it could not be signed
    return request;
  }

  private static boolean isOneKey(Subject subject) {
    return subject.keys().size() == 1 && subject.tableIds().isEmpty();
  }

  private List<Approval> approvals() {
    List<Approval> approvals = new ArrayList<>();
    for (JsonNode each : list("approvals", MOST_APPROVALS)) {
      ApprovalJson approval = new ApprovalJson(each);
      approvals.add(
          new Approval(
              approval.matching("approver", ApprovalsConfig.NAME),
              approval.time("at"),
              approval.matching("signature", SIGNATURE)));
      approval.finish();
    }
    return approvals;
  }

  private JsonNode node(String field) {
    JsonNode value = tree.get(field);
    if (value == null) {
      throw new IllegalArgumentException("it has no \"" + field + '"');
    }
    seen.add(field);
    return value;
  }

  private List<JsonNode> list(String field, int most) {
    JsonNode value = node(field);
    if (!value.isArray() || value.size() > most) {
      throw new IllegalArgumentException(
          '"' + field + "\" is no list of at most " + most + " entries");
    }
    List<JsonNode> entries = new ArrayList<>();
    value.forEach(entries::add);
    return entries;
  }

  private String text(String field) {
    return text(field, node(field));
  }

  private static String text(String field, JsonNode value) {
    if (!value.isTextual() || value.asText().length() > LONGEST_TEXT) {
      throw new IllegalArgumentException(
          '"' + field + "\" is no text of at most " + LONGEST_TEXT + " characters");
    }
    return value.asText();
  }

  private String matching(String field, Pattern form) {
    String text = text(field);
    if (!form.matcher(text).matches()) {
      throw new IllegalArgumentException('"' + field + "\" has another form");
    }
    return text;
  }

  /** One text for one moment: what is signed is the text. */
  private Instant time(String field) {
    String text = matching(field, TIME);
    try {
      Instant time = Instant.parse(text);
      if (time.toString().equals(text)) {
        return time;
      }
    } catch (DateTimeException e) {
      // As any other form.
    }
    throw new IllegalArgumentException('"' + field + "\" is no time such as 2026-11-27T12:00:00Z");
  }

  private void finish() {
    tree.fieldNames()
        .forEachRemaining(
            field -> {
              if (!seen.contains(field)) {
                throw new IllegalArgumentException("it has an unknown field \"" + field + '"');
              }
            });
  }
}
