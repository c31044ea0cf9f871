package io.cassandratde.keys.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The configuration is wrong: where, and what to do about it. The message holds all four and never
 * a secret.
 */
public final class ConfigException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String file;
  private final int line;
  private final String key;
  private final String remedy;

  /**
   * @param file null: no file was found at all
   * @param line counted from 1; 0: the file as a whole
   * @param key the full key, as in kmip_hosts.group.hosts; empty: the file as a whole
   */
  public ConfigException(@Nullable Path file, int line, String key, String problem, String remedy) {
    super(message(file, line, key, problem, remedy));
    this.file = file == null ? "" : file.toString();
    this.line = line;
    this.key = key;
    this.remedy = remedy;
  }

  private static String message(
      @Nullable Path file, int line, String key, String problem, String remedy) {
    StringBuilder text = new StringBuilder();
    if (file != null) {
      text.append(file);
      if (line > 0) {
        text.append(':').append(line);
      }
      text.append(": ");
    }
    if (!key.isEmpty()) {
      text.append(key).append(": ");
    }
    return text.append(problem).append("; ").append(remedy).toString();
  }

  public String file() {
    return file;
  }

  public int line() {
    return line;
  }

  public String key() {
    return key;
  }

  public String remedy() {
    return remedy;
  }
}
