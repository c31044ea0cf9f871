package io.cassandratde.sstable.cassandra.ebti;

import io.cassandratde.keys.config.ConfigException;
import io.cassandratde.keys.config.ConfigLocator;
import io.cassandratde.keys.config.EncryptionPolicy;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.sstable.cassandra.LogSettings;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.apache.cassandra.config.Config;
import org.apache.cassandra.config.DatabaseDescriptor;
import org.apache.cassandra.exceptions.ConfigurationException;
import org.jspecify.annotations.Nullable;

/**
 * Holds the policy against cassandra.yaml when a node starts: a policy that protects tables by
 * itself and another SSTable format would be plaintext under a file that says otherwise.
 */
public final class FormatSelection {

  private FormatSelection() {}

  /**
   * Checks the node that starts in this process, if one does.
   *
   * @throws ConfigurationException the policy needs the format, and another is selected; or nobody
   *     can tell, as the file is wrong
   */
  public static void check() {
    Config cassandra = DatabaseDescriptor.getRawConfig();
    if (!DatabaseDescriptor.isDaemonInitialized() || cassandra == null) {
      return;
    }
    LogSettings.acceptNumbers();
    check(cassandra.sstable.selected_format, ConfigLocator::forNode);
  }

  static void check(@Nullable String selected, Supplier<Path> file) {
    if (CassandraInternals.FORMAT.equals(selected)) {
      return;
    }
    TdeConfig config = config(file);
    if (config != null && protectsByItself(config.policy())) {
      throw new ConfigurationException(
          config.file()
              + " protects tables by `encrypt` or `system_info_encryption`, which takes the SSTable"
              + " format ebti, and cassandra.yaml selects "
              + selected
              + ": nothing of them would be encrypted. Remedy: `sstable: {selected_format: ebti}` in"
              + " cassandra.yaml, or `encrypt: tables`");
    }
  }

  private static boolean protectsByItself(EncryptionPolicy policy) {
    return policy.everything() || policy.system() || !policy.keyspaces().isEmpty();
  }

  /** Null where there is none. A wrong one may hold a policy. */
  private static @Nullable TdeConfig config(Supplier<Path> file) {
    try {
      return TdeConfig.load(file.get());
    } catch (ConfigException e) {
      if (e.file().isEmpty()) {
        return null;
      }
      throw new ConfigurationException(String.valueOf(e.getMessage()), e);
    }
  }
}
