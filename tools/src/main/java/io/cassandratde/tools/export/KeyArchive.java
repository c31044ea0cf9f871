package io.cassandratde.tools.export;

import com.fasterxml.jackson.databind.JsonNode;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.replicated.KeyCopyFile;
import io.cassandratde.keys.replicated.StoredKey;
import io.cassandratde.tools.CommandFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Wrapped data keys in one file, for recovery; docs/FORMAT-KEY-COPY.md describes it. Worth nothing
 * without the master keys, whose ids it names.
 */
public record KeyArchive(String cluster, String exportedAt, List<Entry> keys) {

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
    Map<String, @Nullable Object> tree = ExportFile.head(ExportFile.WRAPPED, cluster, exportedAt);
    List<Object> list = new ArrayList<>();
    for (Entry each : keys) {
      Map<String, @Nullable Object> entry = ExportFile.key(each.key().row());
      entry.put("wrapped_by", newest(each.key()).keyId());
      entry.put("copy", each.copy());
      list.add(entry);
    }
    tree.put("keys", list);
    ExportFile.write(file, tree);
  }

  /**
   * What {@link #write} wrote.
   *
   * @throws CommandFailure it is no such file, or a key of it is damaged
   */
  public static KeyArchive read(ExportFile file) throws CommandFailure {
    if (file.isSealed()) {
      throw file.no("it is sealed under a passphrase");
    }
    JsonNode tree = file.tree();
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
        throw file.no("key %s: %s".formatted(id, e.getMessage()));
      }
    }
    return new KeyArchive(tree.path("cluster").asText(), tree.path("exported_at").asText(), keys);
  }
}
