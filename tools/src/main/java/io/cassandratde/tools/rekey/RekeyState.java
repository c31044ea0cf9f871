package io.cassandratde.tools.rekey;

import com.fasterxml.jackson.databind.JsonNode;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.state.StateFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a run must remember beyond its end, in a file of its own. What the nodes and key servers can
 * be asked for is not in it.
 */
public final class RekeyState implements AutoCloseable {

  private static final String FORMAT = "cassandra-tde-rekey";
  private static final int VERSION = 1;
  private static final int SAMPLES = 2000;

  private final StateFile file;
  private final boolean resumed;
  private final Content content;

  private static final class Content {
    String group = "";
    String keyId = "";
    String begun = "";
    String stage = "";
    @Nullable String newKeyName;
    @Nullable String keyFile;
    @Nullable String newKeyId;
    @Nullable String snapshot;
    @Nullable String proven;
    final Map<String, Integer> throughput = new TreeMap<>();
    final Map<String, String> done = new TreeMap<>();
    final List<Sample> samples = new ArrayList<>();
  }

  private RekeyState(StateFile file, boolean resumed, Content content) {
    this.file = file;
    this.resumed = resumed;
    this.content = content;
  }

  /** Where it is kept unless the operator says otherwise. */
  public static Path defaultFile(Path directory, String group, String keyId) {
    String id = keyId.replaceAll("[^A-Za-z0-9-]", "_");
    return directory.resolve(
        "rekey-%s-%s.json"
            .formatted(
                group.replaceAll("[^A-Za-z0-9_-]", "_"),
                id.length() > 8 ? id.substring(0, 8) : id));
  }

  /**
   * Takes the lock and reads the file, if there is one.
   *
   * @throws CommandFailure another run has the lock, or the file is of another key
   */
  public static RekeyState open(Path path, String group, String keyId, Instant now)
      throws CommandFailure, IOException {
    StateFile file =
        StateFile.open(
            path, FORMAT, VERSION, "another rekey of this key is running on this machine");
    try {
      JsonNode before = file.read();
      Content content = before == null ? new Content() : content(before);
      if (before == null) {
        content.group = group;
        content.keyId = keyId;
        content.begun = now.toString();
      } else if (!content.group.equals(group) || !content.keyId.equals(keyId)) {
        throw new CommandFailure(
            ExitCode.USAGE,
            "%s is of key %s of group %s: name another file with --state"
                .formatted(path, content.keyId, content.group));
      }
      return new RekeyState(file, before != null, content);
    } catch (IOException | CommandFailure | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static Content content(JsonNode tree) {
    Content content = new Content();
    content.group = tree.path("group").asText();
    content.keyId = tree.path("key").asText();
    content.begun = tree.path("begun").asText();
    content.stage = tree.path("stage").asText();
    content.newKeyName = StateFile.text(tree, "new_key_name");
    content.keyFile = StateFile.text(tree, "key_file");
    content.newKeyId = StateFile.text(tree, "new_key");
    content.snapshot = StateFile.text(tree, "snapshot");
    content.proven = StateFile.text(tree, "proven");
    tree.path("throughput_to_restore")
        .properties()
        .forEach(e -> content.throughput.put(e.getKey(), e.getValue().asInt()));
    tree.path("nodes_done")
        .properties()
        .forEach(e -> content.done.put(e.getKey(), e.getValue().asText()));
    for (JsonNode sample : tree.path("samples")) {
      content.samples.add(
          new Sample(
              sample.path("at").asText(),
              sample.path("node").asText(),
              sample.path("bytes_done").asLong(),
              sample.path("bytes").asLong()));
    }
    return content;
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

  synchronized @Nullable String newKeyName() {
    return content.newKeyName;
  }

  public synchronized @Nullable String newKeyId() {
    return content.newKeyId;
  }

  synchronized @Nullable String snapshot() {
    return content.snapshot;
  }

  synchronized Map<String, Integer> throughput() {
    return new TreeMap<>(content.throughput);
  }

  /** Nodes on which no live SSTable needed the key any more, with the moment. */
  synchronized Map<String, String> done() {
    return new TreeMap<>(content.done);
  }

  public synchronized List<Sample> samples() {
    return List.copyOf(content.samples);
  }

  void enter(String stage) {
    save(c -> c.stage = stage);
  }

  /** That the key is in; null: in none, or it is not known. */
  synchronized @Nullable String keyFile() {
    return content.keyFile;
  }

  void keyFileIs(String file) {
    save(c -> c.keyFile = file);
  }

  void newKeyNamed(String name) {
    save(c -> c.newKeyName = name);
  }

  void newKeyIs(String id) {
    save(c -> c.newKeyId = id);
  }

  void snapshotTaken(String name) {
    save(c -> c.snapshot = name);
  }

  /** The first value is the node's own: a later one may be ours, of a run that was killed. */
  void throughputWas(String hostId, int mebibytes) {
    save(c -> c.throughput.putIfAbsent(hostId, mebibytes));
  }

  void throughputRestored(String hostId) {
    save(c -> c.throughput.remove(hostId));
  }

  void nodeDone(String hostId, Instant now) {
    save(c -> c.done.put(hostId, now.toString()));
  }

  void proven(@Nullable Instant at) {
    save(c -> c.proven = at == null ? null : at.toString());
  }

  void sample(Sample sample) {
    save(
        c -> {
          if (c.samples.size() == SAMPLES) {
            for (int i = SAMPLES - 1; i > 0; i -= 2) {
              c.samples.remove(i);
            }
          }
          c.samples.add(sample);
        });
  }

  private synchronized void save(Consumer<Content> change) {
    change.accept(content);
    file.write(tree());
  }

  private Map<String, @Nullable Object> tree() {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("group", content.group);
    tree.put("key", content.keyId);
    tree.put("begun", content.begun);
    tree.put("stage", content.stage);
    tree.put("new_key_name", content.newKeyName);
    tree.put("key_file", content.keyFile);
    tree.put("new_key", content.newKeyId);
    tree.put("snapshot", content.snapshot);
    tree.put("throughput_to_restore", content.throughput);
    tree.put("nodes_done", content.done);
    tree.put("proven", content.proven);
    tree.put(
        "samples",
        content.samples.stream()
            .map(
                sample -> {
                  Map<String, Object> each = new LinkedHashMap<>();
                  each.put("at", sample.at());
                  each.put("node", sample.node());
                  each.put("bytes_done", sample.bytesDone());
                  each.put("bytes", sample.bytes());
                  return each;
                })
            .toList());
    return tree;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
