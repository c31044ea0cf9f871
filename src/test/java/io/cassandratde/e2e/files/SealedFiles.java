package io.cassandratde.e2e.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cassandratde.e2e.process.Distribution;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What {@code cassandra-tde sstablekeys --format json} says about files: it needs no key and no
 * server.
 */
public record SealedFiles(List<Entry> entries) {

  public record Entry(String path, String keyspace, String table, List<Key> keys) {}

  public record Key(String group, String id, long chunks) {}

  public static SealedFiles of(Distribution distribution, Path... paths) {
    List<String> arguments = new ArrayList<>(List.of("sstablekeys", "--format", "json"));
    for (Path path : paths) {
      arguments.add(path.toString());
    }
    String json = distribution.cassandraTde(arguments.toArray(String[]::new)).orFail().out();
    try {
      List<Entry> entries = new ArrayList<>();
      for (JsonNode sstable : new ObjectMapper().readTree(json).path("sstables")) {
        List<Key> keys = new ArrayList<>();
        for (JsonNode key : sstable.path("keys")) {
          keys.add(
              new Key(
                  key.path("group").asText(),
                  key.path("id").asText(),
                  key.path("chunks").asLong()));
        }
        entries.add(
            new Entry(
                sstable.path("path").asText(),
                sstable.path("keyspace").asText(),
                sstable.path("table").asText(),
                keys));
      }
      return new SealedFiles(entries);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + json, e);
    }
  }

  public Set<String> keyIds() {
    Set<String> ids = new TreeSet<>();
    entries.forEach(entry -> entry.keys().forEach(key -> ids.add(key.id())));
    return ids;
  }

  /** For tables that have exactly one key. */
  public String onlyKeyId() {
    Set<String> ids = keyIds();
    if (ids.size() != 1) {
      throw new AssertionError("expected one key: " + entries);
    }
    return ids.iterator().next();
  }
}
