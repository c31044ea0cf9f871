package io.cassandratde.sstable.cassandra.ebti;

import io.cassandratde.keys.config.ConfigException;
import io.cassandratde.keys.config.ConfigLocator;
import io.cassandratde.keys.config.EncryptionPolicy;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.sstable.cassandra.LogSettings;
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
   * @throws ConfigurationException the policy needs the format, and another is selected
   */
  public static void check() {
    Config cassandra = DatabaseDescriptor.getRawConfig();
    if (!DatabaseDescriptor.isDaemonInitialized() || cassandra == null) {
      return;
    }
    LogSettings.acceptNumbers();
    if (CassandraInternals.FORMAT.equals(cassandra.sstable.selected_format)) {
      return;
    }
    TdeConfig config = config();
    if (config != null && protectsByItself(config.policy())) {
      throw new ConfigurationException(
          config.file()
              + " protects tables by `encrypt` or `system_info_encryption`, which takes the SSTable"
              + " format ebti, and cassandra.yaml selects "
              + cassandra.sstable.selected_format
              + ": nothing of them would be encrypted. Remedy: `sstable: {selected_format: ebti}` in"
              + " cassandra.yaml, or `encrypt: tables`");
    }
  }

  private static boolean protectsByItself(EncryptionPolicy policy) {
    return policy.everything() || policy.system() || !policy.keyspaces().isEmpty();
  }

  /** Null where there is none, or a wrong one: whoever needs it says so. */
  private static @Nullable TdeConfig config() {
    try {
      return TdeConfig.load(ConfigLocator.forNode());
    } catch (ConfigException e) {
      return null;
    }
  }
}
