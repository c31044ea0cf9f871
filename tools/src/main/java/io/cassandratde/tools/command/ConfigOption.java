package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.keys.config.ConfigLocator;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.tools.Session;
import java.nio.file.Path;
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
}
