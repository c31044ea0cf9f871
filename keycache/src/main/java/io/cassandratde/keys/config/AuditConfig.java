package io.cassandratde.keys.config;

import java.nio.file.Path;
import java.util.HashSet;
import org.jspecify.annotations.Nullable;

/**
 * {@code audit}: where key operations are recorded. The file is looked at by what writes to it, not
 * when the configuration is read.
 *
 * @param file of the commands on this machine
 * @param nodeFile of the node on this machine; null: what it does is not recorded
 * @param syslog each record goes to the system's log as well
 */
public record AuditConfig(Path file, @Nullable Path nodeFile, boolean syslog) {

  private static final String SECTION = "audit";
  private static final String FILE = "file";

  /** Null: there is no such section, which is the default. */
  static @Nullable AuditConfig parse(YamlSection top) {
    YamlSection section = top.section(SECTION);
    if (section == null) {
      return null;
    }
    String file = section.text(FILE);
    String nodeFile = section.text("node_file");
    boolean syslog = section.flag("syslog", false);
    section.finish();
    if (file == null) {
      throw section.wrong(
          FILE, "is missing", "name the file of the records, such as /var/log/cassandra-tde/audit");
    }
    return new AuditConfig(
        section.resolve(file), nodeFile == null ? null : section.resolve(nodeFile), syslog);
  }

  /**
   * This section alone, for commands that make what the rest of a new configuration needs, such as
   * a key file: the rest may not be usable yet.
   *
   * @throws ConfigException the file cannot be read, or this section is wrong
   */
  public static @Nullable AuditConfig load(Path configuration) {
    return parse(YamlSection.read(configuration, new HashSet<>()));
  }
}
