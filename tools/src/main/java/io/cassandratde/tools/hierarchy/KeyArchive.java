package io.cassandratde.tools.hierarchy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.replicated.DataKeyRow;
import io.cassandratde.keys.replicated.KeyCopyFile;
import io.cassandratde.keys.replicated.StoredKey;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.output.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Wrapped data keys in one file, for recovery; docs/FORMAT-KEY-COPY.md describes it. Worth nothing
 * without the master keys, whose ids it names.
 */
public record KeyArchive(String cluster, String exportedAt, List<Entry> keys) {

  private static final String FORMAT = "cassandra-tde-key-export";
  private static final int VERSION = 1;

  /** Far above what a cluster has, and below what a machine's memory takes ill. */
  private static final long MOST_BYTES = 256L << 20;

  public KeyArchive {
    keys = List.copyOf(keys);
  }

  /**
   * A data key.
   *
   * @param copy in base64
   */
  public record Entry(StoredKey key, String copy) {

    static Entry of(String copy) throws IOException {
      try {
        return new Entry(KeyCopyFile.parse(Base64.getDecoder().decode(copy)), copy);
      } catch (IllegalArgumentException e) {
        throw new IOException("it is no base64", e);
      }
    }

    public byte[] bytes() {
      return Base64.getDecoder().decode(copy);
    }
  }

  public static KeyArchive of(String cluster, Instant at, List<String> copies) throws IOException {
    List<Entry> keys = new ArrayList<>();
    for (String copy : copies) {
      keys.add(Entry.of(copy));
    }
    return new KeyArchive(cluster, at.toString(), keys);
  }

  /** Master keys without which nothing of this opens: name and id. */
  public List<String> masterKeys() {
    return keys.stream()
        .map(
            each ->
                each.key().row().line().master()
                    + " "
                    + newest(each.key()).keyId()
                    + " (check value %08x)".formatted(newest(each.key()).checkValue()))
        .distinct()
        .sorted()
        .toList();
  }

  private static KeyReference newest(StoredKey key) {
    return key.wraps().get(0).wrapped().masterKey();
  }

  /** A new file, for its owner alone. */
  public void write(Path file) throws IOException {
    List<Object> list = new ArrayList<>();
    for (Entry each : keys) {
      DataKeyRow row = each.key().row();
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("key", row.keyId().toString());
      entry.put("master", row.line().master());
      entry.put("namespace", row.line().namespace());
      entry.put("bits", row.line().cipher().bits());
      entry.put("version", row.version());
      entry.put("state", row.state().name());
      entry.put("wrapped_by", newest(each.key()).keyId());
      entry.put("copy", each.copy());
      list.add(entry);
    }
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("format", FORMAT);
    tree.put("version", VERSION);
    tree.put("cluster", cluster);
    tree.put("exported_at", exportedAt);
    tree.put("keys", list);
    var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    try (var out =
        Files.newByteChannel(
            file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), owner)) {
      var left = java.nio.ByteBuffer.wrap((Json.of(tree) + "\n").getBytes(StandardCharsets.UTF_8));
      while (left.hasRemaining()) {
        out.write(left);
      }
    }
  }

  /**
   * What {@link #write} wrote.
   *
   * @throws CommandFailure it is no such file, or a key of it is damaged
   */
  public static KeyArchive read(Path file) throws CommandFailure, IOException {
    if (Files.size(file) > MOST_BYTES) {
      throw no(file, "it is longer than %d bytes".formatted(MOST_BYTES));
    }
    JsonNode tree;
    try {
      tree = new ObjectMapper().readTree(file.toFile());
    } catch (com.fasterxml.jackson.core.JacksonException e) {
      throw no(file, "it is no JSON");
    }
    if (!tree.path("format").asText().equals(FORMAT)) {
      throw no(file, "it does not say " + FORMAT);
    }
    if (tree.path("version").asInt() != VERSION) {
      throw no(file, "it is of version " + tree.path("version").asText() + ", not " + VERSION);
    }
    List<Entry> keys = new ArrayList<>();
    for (JsonNode each : tree.path("keys")) {
      String id = each.path("key").asText();
      try {
        Entry entry = Entry.of(each.path("copy").asText());
        if (!entry.key().row().keyId().toString().equals(id)) {
          throw new IOException("it holds key " + entry.key().row().keyId());
        }
        keys.add(entry);
      } catch (IOException e) {
        throw no(file, "key %s: %s".formatted(id, e.getMessage()));
      }
    }
    return new KeyArchive(tree.path("cluster").asText(), tree.path("exported_at").asText(), keys);
  }

  private static CommandFailure no(Path file, String why) {
    return new CommandFailure(
        ExitCode.CONFIGURATION, "%s is no export of data keys: %s".formatted(file, why));
  }
}
