package io.cassandratde.tools.shred;

import com.fasterxml.jackson.databind.JsonNode;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.state.StateFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What must be remembered of a keyspace that is gone: its keys, which no file may name any more,
 * and what was done when.
 */
public final class ShredState implements AutoCloseable {

  private static final String FORMAT = "cassandra-tde-shred";
  private static final int VERSION = 1;

  private final StateFile file;
  private final boolean resumed;
  private final Content content;

  /** What became of a key. */
  private static final class Fate {
    @Nullable String namespace;
    @Nullable String revoked;
    @Nullable String destroyed;
    List<String> warnings = List.of();
  }

  private static final class Content {
    String keyspace = "";
    String begun = "";
    String stage = "";
    @Nullable String dropped;
    final Map<TenantKey, Fate> keys = new TreeMap<>();

    /** Of its tables: a keyspace that was made again has others. */
    final Set<String> tableIds = new TreeSet<>();

    /** By host id: commit-log segments that may hold rows of the keyspace. */
    final Map<String, Set<String>> segments = new TreeMap<>();

    /** What stays readable, for the report. */
    final Set<String> notErased = new TreeSet<>();

    /** What was done, in its order, by what it was: the moment. */
    final Map<String, String> done = new LinkedHashMap<>();
  }

  private ShredState(StateFile file, boolean resumed, Content content) {
    this.file = file;
    this.resumed = resumed;
    this.content = content;
  }

  /** Where it is kept unless the operator says otherwise. */
  public static Path defaultFile(Path directory, String keyspace) {
    return directory.resolve("shred-" + keyspace.replaceAll("[^A-Za-z0-9_-]", "_") + ".json");
  }

  /**
   * Takes the lock and reads the file, if there is one.
   *
   * @throws CommandFailure another run has the lock, or the file is of another keyspace
   */
  public static ShredState open(Path path, String keyspace, Instant now)
      throws CommandFailure, IOException {
    StateFile file =
        StateFile.open(
            path, FORMAT, VERSION, "another shred of this keyspace is running on this machine");
    try {
      JsonNode before = file.read();
      Content content = before == null ? new Content() : content(before);
      if (before == null) {
        content.keyspace = keyspace;
        content.begun = now.toString();
      } else if (!content.keyspace.equals(keyspace)) {
        throw new CommandFailure(
            ExitCode.USAGE,
            "%s is of keyspace %s: name another file with --state"
                .formatted(path, content.keyspace));
      }
      return new ShredState(file, before != null, content);
    } catch (IOException | CommandFailure | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static Content content(JsonNode tree) {
    Content content = new Content();
    content.keyspace = tree.path("keyspace").asText();
    content.begun = tree.path("begun").asText();
    content.stage = tree.path("stage").asText();
    content.dropped = StateFile.text(tree, "dropped");
    for (JsonNode key : tree.path("keys")) {
      Fate fate = new Fate();
      fate.namespace = StateFile.text(key, "namespace");
      fate.revoked = StateFile.text(key, "revoked");
      fate.destroyed = StateFile.text(key, "destroyed");
      fate.warnings = texts(key.path("warnings"));
      content.keys.put(
          new TenantKey(
              key.path("group").asText(),
              key.path("key").asText(),
              key.path("check_value").asText()),
          fate);
    }
    content.tableIds.addAll(texts(tree.path("table_ids")));
    tree.path("segments")
        .properties()
        .forEach(e -> content.segments.put(e.getKey(), new TreeSet<>(texts(e.getValue()))));
    content.notErased.addAll(texts(tree.path("not_erased")));
    tree.path("done")
        .properties()
        .forEach(e -> content.done.put(e.getKey(), e.getValue().asText()));
    return content;
  }

  private static List<String> texts(JsonNode array) {
    return array.valueStream().map(JsonNode::asText).toList();
  }

  /** Whether an earlier run left the file. */
  public boolean resumed() {
    return resumed;
  }

  public Path file() {
    return file.path();
  }

  public synchronized String begun() {
    return content.begun;
  }

  public synchronized String stage() {
    return content.stage;
  }

  /** When no node knew the keyspace any more; null: not yet. */
  public synchronized @Nullable Instant dropped() {
    return content.dropped == null ? null : Instant.parse(content.dropped);
  }

  public synchronized List<TenantKey> keys() {
    return List.copyOf(content.keys.keySet());
  }

  synchronized Set<String> tableIds() {
    return Set.copyOf(content.tableIds);
  }

  synchronized @Nullable String revoked(TenantKey key) {
    return fate(key).revoked;
  }

  synchronized @Nullable String destroyed(TenantKey key) {
    return fate(key).destroyed;
  }

  synchronized @Nullable String namespace(TenantKey key) {
    return fate(key).namespace;
  }

  private Fate fate(TenantKey key) {
    Fate fate = content.keys.get(key);
    return fate == null ? new Fate() : fate;
  }

  synchronized Set<String> segments(String hostId) {
    return Set.copyOf(content.segments.getOrDefault(hostId, Set.of()));
  }

  synchronized boolean isDone(String what) {
    return content.done.containsKey(what);
  }

  synchronized Map<String, String> done() {
    return new LinkedHashMap<>(content.done);
  }

  synchronized List<String> notErased() {
    return List.copyOf(content.notErased);
  }

  void notErased(String what) {
    save(c -> c.notErased.add(what));
  }

  void inNamespace(TenantKey key, String namespace) {
    save(c -> c.keys.computeIfAbsent(key, none -> new Fate()).namespace = namespace);
  }

  void enter(String stage) {
    save(c -> c.stage = stage);
  }

  void found(List<TenantKey> keys) {
    save(c -> keys.forEach(key -> c.keys.computeIfAbsent(key, none -> new Fate())));
  }

  void hadTables(Set<String> ids) {
    save(c -> c.tableIds.addAll(ids));
  }

  void mayHold(String hostId, Set<String> segments) {
    save(c -> c.segments.computeIfAbsent(hostId, none -> new TreeSet<>()).addAll(segments));
  }

  void dropped(Instant at) {
    save(c -> c.dropped = at.toString());
  }

  void revoked(TenantKey key, Instant at) {
    save(c -> c.keys.computeIfAbsent(key, none -> new Fate()).revoked = at.toString());
  }

  void destroyed(TenantKey key, Instant at, List<String> warnings) {
    save(
        c -> {
          Fate fate = c.keys.computeIfAbsent(key, none -> new Fate());
          fate.destroyed = at.toString();
          fate.warnings = List.copyOf(warnings);
        });
  }

  void done(String what, Instant at) {
    save(c -> c.done.putIfAbsent(what, at.toString()));
  }

  private synchronized void save(Consumer<Content> change) {
    change.accept(content);
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("keyspace", content.keyspace);
    tree.put("begun", content.begun);
    tree.put("stage", content.stage);
    tree.put("dropped", content.dropped);
    tree.put("keys", keyTree());
    tree.put("table_ids", content.tableIds);
    tree.put("segments", content.segments);
    tree.put("done", content.done);
    tree.put("not_erased", content.notErased);
    file.write(tree);
  }

  /** The keys, as the state file and the report have them. */
  synchronized List<Map<String, @Nullable Object>> keyTree() {
    return content.keys.entrySet().stream()
        .map(
            each -> {
              Map<String, @Nullable Object> key = new LinkedHashMap<>();
              key.put("group", each.getKey().group());
              key.put("key", each.getKey().keyId());
              key.put("check_value", each.getKey().checkValue());
              key.put("namespace", each.getValue().namespace);
              key.put("revoked", each.getValue().revoked);
              key.put("destroyed", each.getValue().destroyed);
              key.put("warnings", each.getValue().warnings);
              return key;
            })
        .toList();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
