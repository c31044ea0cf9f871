package io.cassandratde.sstable.inventory;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keyspace and table of an SSTable, from Cassandra's directory layout {@code <keyspace>/<table>-<32
 * hex digits>/[.<index>/][snapshots/<name>/|backups/]<file>}; null where the file lies elsewhere.
 */
public record TablePath(@Nullable String keyspace, @Nullable String table) {
  private static final Pattern TABLE = Pattern.compile("(\\w+)-[0-9a-f]{32}");
  private static final TablePath UNKNOWN = new TablePath(null, null);

  public static TablePath of(Path dataFile) {
    String index = "";
    for (Path directory = dataFile.toAbsolutePath().normalize().getParent();
        directory != null && directory.getFileName() != null;
        directory = directory.getParent()) {
      String name = directory.getFileName().toString();
      Matcher matcher = TABLE.matcher(name);
      Path parent = directory.getParent();
      if (matcher.matches() && parent != null && parent.getFileName() != null) {
        return new TablePath(parent.getFileName().toString(), matcher.group(1) + index);
      }
      if (name.startsWith(".") && name.length() > 1) {
        index = name; // a secondary index: Cassandra calls it table.index
      }
    }
    return UNKNOWN;
  }
}
