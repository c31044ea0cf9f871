package io.cassandratde.keys.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * {@code local_key_cache}. What it names is looked at by the node that opens it, and not when the
 * file is read: commands on other machines read the same file. So it knows its place in the file.
 */
public final class LocalCacheConfig {

  static final String DIRECTORY = "directory";
  static final String KEY_FILE = "system_key_file";

  private final YamlSection section;
  private final Path directory;
  private final Path keyFile;

  private LocalCacheConfig(YamlSection section, Path directory, Path keyFile) {
    this.section = section;
    this.directory = directory;
    this.keyFile = keyFile;
  }

  /** Null: there is no such section, which is the default. */
  static @Nullable LocalCacheConfig parse(YamlSection top, Path systemKeyDirectory) {
    YamlSection section = top.section("local_key_cache");
    if (section == null) {
      return null;
    }
    String directory = section.text(DIRECTORY);
    String keyFile = section.text(KEY_FILE);
    section.finish();
    if (directory == null) {
      throw section.wrong(
          DIRECTORY,
          "is missing",
          "name a directory of this node's own, such as /var/lib/tde-keys");
    }
    if (keyFile == null) {
      throw section.wrong(
          KEY_FILE,
          "is missing",
          "name the key file that seals the cache; it belongs where the disk of the cache is not");
    }
    return new LocalCacheConfig(
        section, section.resolve(directory), systemKeyDirectory.resolve(keyFile).normalize());
  }

  public Path directory() {
    return directory;
  }

  public Path keyFile() {
    return keyFile;
  }

  public ConfigException wrongDirectory(String problem, String remedy) {
    return section.wrong(DIRECTORY, problem, remedy);
  }

  public ConfigException wrongKeyFile(String problem, String remedy) {
    return section.wrong(KEY_FILE, problem, remedy);
  }

  /** For the log, in the form of an error of this option. */
  public String keyFileWarning(String problem, String remedy) {
    return section.warning(KEY_FILE, problem, remedy);
  }

  @Override
  public String toString() {
    return "local_key_cache in " + directory + " under " + keyFile;
  }
}
