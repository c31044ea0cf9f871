package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.keys.config.ApprovalsConfig;
import io.cassandratde.keys.config.AuditConfig;
import io.cassandratde.keys.config.ConfigException;
import io.cassandratde.keys.config.ConfigLocator;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.sstable.inventory.GroupNames;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.audit.AuditLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code --config}, for every command that reads the configuration. */
public final class ConfigOption {

  @Option(
      name = {"--config"},
      title = "file",
      description =
          "Configuration file (default $TDE_CONFIG, else tde.yaml or dse.yaml in $CASSANDRA_CONF,"
              + " else in /etc/cassandra)")
  private @Nullable String config;

  boolean given() {
    return config != null;
  }

  TdeConfig load(Session session) {
    Path explicit = config == null ? null : Path.of(config);
    TdeConfig loaded =
        TdeConfig.load(ConfigLocator.forCommandLine(explicit, session.environment()));
    loaded.warnings().stream().distinct().forEach(session.terminal()::warn);
    return loaded;
  }

  /**
   * The audit log, also where the rest of the configuration is not usable yet. Without a
   * configuration there is none.
   *
   * @throws ConfigException the configuration that there is cannot be read
   */
  AuditLog audit(Session session) throws CommandFailure {
    return AuditLog.of(auditConfig(session), session);
  }

  /** Null: none is configured. */
  @Nullable AuditConfig auditConfig(Session session) {
    Path file = file(session);
    return file == null ? null : AuditConfig.load(file);
  }

  /** Null: there is no configuration. */
  private @Nullable Path file(Session session) {
    try {
      return ConfigLocator.forCommandLine(
          config == null ? null : Path.of(config), session.environment());
    } catch (ConfigException e) {
      if (!e.file().isEmpty()) {
        throw e;
      }
      return null;
    }
  }

  /**
   * Who approves, also where the rest of the configuration is not usable: null where there is no
   * such section, or no configuration.
   */
  @Nullable ApprovalsConfig approvals(Session session) {
    Path file = file(session);
    return file == null ? null : ApprovalsConfig.load(file);
  }

  /** Whether the file that no option names is closed to this user, who then goes without. */
  boolean isClosed(Session session) {
    Path file = given() ? null : file(session);
    return file != null && Files.exists(file) && !Files.isReadable(file);
  }

  /** Names of groups from the configuration, when there is one: a help, not a need. */
  GroupNames groupNames(Session session) {
    try {
      return new GroupNames(load(session).groups());
    } catch (ConfigException e) {
      if (given()) {
        throw e;
      }
      return new GroupNames(Set.of());
    }
  }
}
