package io.cassandratde.tools.scan;

import io.cassandratde.keys.config.EncryptionPolicy;
import io.cassandratde.sstable.inventory.TablePath;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which tables must not stand on the disk in clear, besides those that have an encrypted file. */
public final class ProtectedTables {

  private static final Set<String> SYSTEM =
      Set.of("system", "system_schema", "system_auth", "system_distributed", "system_traces");

  private final @Nullable EncryptionPolicy policy;
  private final Set<String> named;

  /**
   * @param policy of the configuration; null where there is none
   * @param named keyspaces, and tables as {@code keyspace.table}
   */
  public ProtectedTables(@Nullable EncryptionPolicy policy, Set<String> named) {
    this.policy = policy;
    this.named = Set.copyOf(named);
  }

  /** Why a table must be encrypted; null: nothing here says so. */
  @Nullable String why(TablePath table) {
    String keyspace = table.keyspace();
    String name = table.table();
    if (keyspace == null || name == null) {
      return null;
    }
    if (named.contains(keyspace) || named.contains(keyspace + '.' + base(name))) {
      return "--protected";
    }
    return policy != null && policy.defaultKeyOf(keyspace, SYSTEM.contains(keyspace)) != null
        ? "policy"
        : null;
  }

  /** Whether anything is named at all: then log, hints and caches must not be in clear either. */
  boolean any() {
    return !named.isEmpty()
        || (policy != null
            && (policy.everything() || policy.system() || !policy.keyspaces().isEmpty()));
  }

  /** Without the secondary index whose SSTables lie below the table's. */
  public static String base(String table) {
    int dot = table.indexOf('.');
    return dot < 0 ? table : table.substring(0, dot);
  }
}
