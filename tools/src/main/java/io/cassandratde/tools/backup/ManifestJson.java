package io.cassandratde.tools.backup;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.tools.output.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A manifest as JSON, described in docs/CLI.md. Later versions of the form get a higher number;
 * fields may be added within one.
 */
public final class ManifestJson {

  static final String FORMAT = "cassandra-tde-manifest";
  static final int VERSION = 1;
  private static final long MOST_BYTES = 256L << 20;

  private ManifestJson() {}

  /** A file that is no manifest, or one that this release does not understand. */
  public static final class NoManifestException extends IOException {
    private static final long serialVersionUID = 1L;

    NoManifestException(Path file, String why) {
      super(file + " is no manifest that this release reads: " + why);
    }
  }

  public static String write(Manifest manifest) {
    return write(manifest, ExportedKeys.NONE);
  }

  /** With what opens the replicated keys, as far as these exports tell. */
  public static String write(Manifest manifest, ExportedKeys exports) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("format", FORMAT);
    tree.put("version", VERSION);
    tree.put("made_at", manifest.madeAt().toString());
    tree.put("tool", manifest.tool());
    tree.put("host", manifest.host());
    tree.put("hold_until", Json.instant(manifest.holdUntil()));
    tree.put("snapshot", manifest.snapshot());
    tree.put("paths", manifest.paths());
    tree.put("complete", manifest.complete());
    tree.put("files", manifest.files());
    tree.put("bytes", manifest.bytes());
    tree.put("keys", manifest.keys().stream().map(ManifestJson::key).toList());
    List<Object> unread = new ArrayList<>();
    for (Manifest.Unread one : manifest.unread()) {
      Map<String, @Nullable Object> entry = new LinkedHashMap<>();
      entry.put("path", one.path().isEmpty() ? null : one.path());
      entry.put("reason", one.reason());
      unread.add(entry);
    }
    tree.put("unread", unread);
    if (!exports.isEmpty()) {
      tree.put("exported", exported(manifest.keys(), exports));
    }
    return Json.of(tree);
  }

  private static Map<String, @Nullable Object> exported(
      List<NeededKey> needed, ExportedKeys exports) {
    List<Object> masters = new ArrayList<>();
    exports
        .masters(needed)
        .forEach(
            (master, dataKeys) -> {
              Map<String, @Nullable Object> entry = new LinkedHashMap<>();
              entry.put("name", master.name());
              entry.put("group_tag", hex(master.key().groupTag()));
              entry.put("id", master.key().keyId());
              entry.put("check_value", hex(master.key().checkValue()));
              entry.put("opens", dataKeys);
              masters.add(entry);
            });
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("master_keys", masters);
    tree.put("under_passphrase", ids(needed.stream().filter(exports::isSealed).toList()));
    tree.put("lacking", ids(exports.lacking(needed)));
    return tree;
  }

  private static List<String> ids(List<NeededKey> keys) {
    return keys.stream().map(key -> key.reference().keyId()).toList();
  }

  /** A key with where it is needed; {@code preflight} prints the same fields. */
  static Map<String, @Nullable Object> key(NeededKey key) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("group", key.group());
    tree.put("group_tag", hex(key.reference().groupTag()));
    tree.put("id", key.reference().keyId());
    tree.put("check_value", hex(key.reference().checkValue()));
    tree.put("files", key.files());
    tree.put("bytes", key.bytes());
    List<Object> tables = new ArrayList<>();
    for (NeededKey.Table table : key.tables()) {
      Map<String, @Nullable Object> entry = new LinkedHashMap<>();
      entry.put("keyspace", table.keyspace());
      entry.put("table", table.table());
      entry.put("sstables", table.sstables());
      entry.put("files", table.files());
      entry.put("bytes", table.bytes());
      tables.add(entry);
    }
    tree.put("tables", tables);
    List<Object> others = new ArrayList<>();
    for (NeededKey.Other other : key.others()) {
      Map<String, @Nullable Object> entry = new LinkedHashMap<>();
      entry.put("kind", other.kind());
      entry.put("files", other.files());
      entry.put("bytes", other.bytes());
      others.add(entry);
    }
    tree.put("other_files", others);
    return tree;
  }

  private static String hex(int value) {
    return HexFormat.of().toHexDigits(value);
  }

  /**
   * Reads a manifest.
   *
   * @throws NoManifestException it is none
   */
  public static Manifest read(Path file) throws IOException {
    if (Files.size(file) > MOST_BYTES) {
      throw new NoManifestException(file, "it is too long");
    }
    try {
      JsonNode tree =
          new ObjectMapper()
              .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
              .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
              .readTree(Files.readAllBytes(file));
      if (!FORMAT.equals(tree.path("format").asText())) {
        throw new NoManifestException(file, "it has no \"format\": \"" + FORMAT + "\"");
      }
      if (tree.path("version").asInt() != VERSION) {
        throw new NoManifestException(
            file, "it has the version " + tree.path("version") + ", made by " + tree.path("tool"));
      }
      return manifest(tree);
    } catch (com.fasterxml.jackson.core.JacksonException e) {
      throw new NoManifestException(file, "no JSON: " + e.getOriginalMessage());
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new NoManifestException(file, String.valueOf(e.getMessage()));
    }
  }

  private static Manifest manifest(JsonNode tree) {
    List<NeededKey> keys = new ArrayList<>();
    array(tree, "keys").forEach(key -> keys.add(key(key)));
    List<Manifest.Unread> unread = new ArrayList<>();
    array(tree, "unread")
        .forEach(
            one ->
                unread.add(new Manifest.Unread(one.path("path").asText(""), text(one, "reason"))));
    if (required(tree, "complete").asBoolean() != unread.isEmpty()) {
      throw new IllegalArgumentException("\"complete\" does not agree with \"unread\"");
    }
    List<String> paths = new ArrayList<>();
    array(tree, "paths").forEach(path -> paths.add(path.asText()));
    String until = optional(tree, "hold_until");
    return new Manifest(
        Instant.parse(text(tree, "made_at")),
        text(tree, "tool"),
        text(tree, "host"),
        until == null ? null : Instant.parse(until),
        optional(tree, "snapshot"),
        paths,
        number(tree, "files"),
        number(tree, "bytes"),
        keys,
        unread);
  }

  private static NeededKey key(JsonNode tree) {
    List<NeededKey.Table> tables = new ArrayList<>();
    for (JsonNode table : array(tree, "tables")) {
      tables.add(
          new NeededKey.Table(
              optional(table, "keyspace"),
              optional(table, "table"),
              number(table, "sstables"),
              number(table, "files"),
              number(table, "bytes")));
    }
    List<NeededKey.Other> others = new ArrayList<>();
    for (JsonNode other : array(tree, "other_files")) {
      others.add(
          new NeededKey.Other(text(other, "kind"), number(other, "files"), number(other, "bytes")));
    }
    KeyReference reference =
        new KeyReference(
            HexFormat.fromHexDigits(text(tree, "group_tag")),
            text(tree, "id"),
            HexFormat.fromHexDigits(text(tree, "check_value")));
    return new NeededKey(optional(tree, "group"), reference, tables, others);
  }

  private static JsonNode required(JsonNode tree, String field) {
    JsonNode value = tree.get(field);
    if (value == null) {
      throw new IllegalArgumentException("it has no \"" + field + '"');
    }
    return value;
  }

  private static JsonNode array(JsonNode tree, String field) {
    JsonNode value = required(tree, field);
    if (!value.isArray()) {
      throw new IllegalArgumentException('"' + field + "\" is no list");
    }
    return value;
  }

  private static String text(JsonNode tree, String field) {
    JsonNode value = required(tree, field);
    if (!value.isTextual()) {
      throw new IllegalArgumentException('"' + field + "\" is no text");
    }
    return value.asText();
  }

  private static @Nullable String optional(JsonNode tree, String field) {
    return required(tree, field).isNull() ? null : text(tree, field);
  }

  private static long number(JsonNode tree, String field) {
    JsonNode value = required(tree, field);
    if (!value.canConvertToLong() || !value.isIntegralNumber() || value.asLong() < 0) {
      throw new IllegalArgumentException('"' + field + "\" is no whole number");
    }
    return value.asLong();
  }
}
