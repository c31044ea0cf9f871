package io.cassandratde.sstable.inventory;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A file of an SSTable by its name, {@code <version>-<id>-<format>-<component>}.
 *
 * @param sstable what all files of one SSTable begin with
 * @param component without {@code .tmp}
 */
public record SSTableName(String sstable, String format, String component) {

  private static final Pattern NAME =
      Pattern.compile("(([a-z]{2})-([0-9a-z_]+)-([a-z]+))-(.+?)(\\.tmp)?");

  /** Null: no SSTable's. */
  public static @Nullable SSTableName of(Path file) {
    Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
    return name.matches() ? new SSTableName(name.group(1), name.group(4), name.group(5)) : null;
  }
}
