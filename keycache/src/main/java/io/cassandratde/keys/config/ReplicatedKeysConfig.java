package io.cassandratde.keys.config;

import io.cassandratde.keys.replicated.KeyLine;
import io.cassandratde.keys.rotation.RotationPolicy;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code replicated_keys}. The directory is looked at by the node that opens it, and not when the
 * file is read: commands on other machines read the same file. So it knows its place in the file.
 */
public final class ReplicatedKeysConfig {

  static final String SECTION = "replicated_keys";
  static final String DIRECTORY = "directory";
  static final String MASTER_KEYS = "master_keys";
  static final String PASSPHRASE_EXPORT = "passphrase_export";

  private final YamlSection section;
  private final Path directory;
  private final Map<String, MasterKey> masterKeys;
  private final List<RotationRule> rotation;
  private final boolean passphraseExport;

  /**
   * A master key by its name.
   *
   * @param former these only open
   */
  public record MasterKey(MasterKeySource source, List<MasterKeySource> former) {
    public MasterKey {
      former = List.copyOf(former);
    }
  }

  private ReplicatedKeysConfig(
      YamlSection section,
      Path directory,
      Map<String, MasterKey> masterKeys,
      List<RotationRule> rotation,
      boolean passphraseExport) {
    this.rotation = List.copyOf(rotation);
    this.passphraseExport = passphraseExport;
    this.section = section;
    this.directory = directory;
    this.masterKeys = Collections.unmodifiableMap(new LinkedHashMap<>(masterKeys));
  }

  static ReplicatedKeysConfig of(YamlSection section, Map<String, MasterKey> masterKeys) {
    String directory = section.text(DIRECTORY);
    List<RotationRule> rotation = RotationRule.parse(section);
    boolean passphraseExport = section.flag(PASSPHRASE_EXPORT, false);
    section.finish();
    if (directory == null) {
      throw section.wrong(
          DIRECTORY,
          "is missing",
          "name a directory of this node's own for its copies of the keys, such as"
              + " /var/lib/tde-keys");
    }
    return new ReplicatedKeysConfig(
        section, section.resolve(directory), masterKeys, rotation, passphraseExport);
  }

  /** Of this node's copies. */
  public Path directory() {
    return directory;
  }

  /** Those that stand in the file, in its order. */
  public Map<String, MasterKey> masterKeys() {
    return masterKeys;
  }

  /** In the file's order. */
  public List<RotationRule> rotation() {
    return rotation;
  }

  /** When the keys of a line are replaced; null: never by themselves. */
  public @Nullable RotationPolicy rotationOf(KeyLine line) {
    return rotation.stream()
        .filter(rule -> rule.isFor(line))
        .findFirst()
        .map(RotationRule::policy)
        .orElse(null);
  }

  /** A name that is not in the file is one of a key file. */
  public MasterKey masterKey(String name) {
    MasterKey named = masterKeys.get(name);
    return named != null ? named : new MasterKey(MasterKeySource.keyFile(name), List.of());
  }

  /** Whether this node gives its data keys out to whoever has a passphrase's key. */
  public boolean passphraseExport() {
    return passphraseExport;
  }

  /** This directory; all else of the other. */
  ReplicatedKeysConfig reloaded(ReplicatedKeysConfig other) {
    return new ReplicatedKeysConfig(
        section, directory, other.masterKeys, other.rotation, other.passphraseExport);
  }

  public ConfigException wrongDirectory(String problem, String remedy) {
    return section.wrong(DIRECTORY, problem, remedy);
  }

  @Override
  public String toString() {
    return "replicated_keys in " + directory;
  }
}
