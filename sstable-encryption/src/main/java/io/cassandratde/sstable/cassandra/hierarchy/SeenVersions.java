package io.cassandratde.sstable.cassandra.hierarchy;

import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.files.PrivateDirectory;
import io.cassandratde.keys.files.UnusableFileException;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The highest version of each master key that was active on this node, kept beside its copies of
 * data keys (docs/FORMAT-KEY-COPY.md): versions only rise, also in a rollback, so a table that says
 * an earlier one is active was changed by somebody, or lost. It cannot make a node wrap by a master
 * key that the cluster has left.
 */
final class SeenVersions {

  private static final Logger logger = LoggerFactory.getLogger(SeenVersions.class);
  static final String FILE = "master-versions";
  private static final int MOST = 1 << 20;
  private static final Pattern LINE = Pattern.compile("([1-9]\\d{0,9}) (\\S+)");

  private final @Nullable PrivateDirectory directory;
  private final Map<String, Integer> highest = new TreeMap<>();

  /**
   * As that directory has them.
   *
   * @param path null: in memory alone
   */
  SeenVersions(@Nullable Path path) {
    directory = path == null ? null : open(path);
    PrivateDirectory there = directory;
    if (there == null) {
      return;
    }
    try {
      byte[] bytes = there.read(there.file(FILE), MOST);
      if (bytes != null) {
        parse(new String(bytes, StandardCharsets.UTF_8));
      }
    } catch (IOException | UnusableFileException | IllegalArgumentException e) {
      highest.clear();
      logger.error(
          "{} cannot be used, and is begun anew: an earlier master key that is made active again is not noticed until this node has seen the active one",
          there.file(FILE),
          e);
    }
  }

  private static @Nullable PrivateDirectory open(Path path) {
    try {
      return PrivateDirectory.open(path);
    } catch (PrivateDirectory.Refused e) {
      logger.error("{} {}: {}", path, e.problem(), e.remedy());
      return null;
    }
  }

  private void parse(String text) {
    for (String line : text.lines().toList()) {
      Matcher fields = LINE.matcher(line);
      if (!fields.matches()) {
        throw new IllegalArgumentException("a line is no version and name");
      }
      highest.put(
          URLDecoder.decode(fields.group(2), StandardCharsets.UTF_8),
          Integer.parseInt(fields.group(1)));
    }
  }

  /** 0: none. */
  synchronized int highest(String name) {
    return highest.getOrDefault(name, 0);
  }

  /**
   * Refuses an active version that is earlier than one that was.
   *
   * @throws KeyConfigException it is
   */
  void requireNotEarlier(MasterKeyVersion active) {
    int seen = highest(active.name());
    if (active.version() < seen) {
      throw new KeyConfigException(
          "%s is active by the table of master keys, but version %d was active on this node before: somebody has changed the table, or it was lost and begun anew. This node wraps nothing by it. See who may write to encryption_control, then run 'cassandra-tde masterkey propose %s' against this node, which goes on from version %d"
              .formatted(active, seen, active.name(), seen + 1));
    }
  }

  /** That it is active, and this node has it. */
  synchronized void saw(MasterKeyVersion active) {
    if (active.version() <= highest(active.name())) {
      return;
    }
    highest.put(active.name(), active.version());
    PrivateDirectory there = directory;
    if (there == null) {
      return;
    }
    String text =
        highest.entrySet().stream()
            .map(
                each ->
                    each.getValue()
                        + " "
                        + URLEncoder.encode(each.getKey(), StandardCharsets.UTF_8)
                        + "\n")
            .collect(Collectors.joining());
    try {
      there.write(there.file(FILE), text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      logger.error("{} was not written, and is tried again after the next start", FILE, e);
    }
  }
}
