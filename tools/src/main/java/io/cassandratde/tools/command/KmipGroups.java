package io.cassandratde.tools.command;

import io.cassandratde.keys.config.KmipGroupConfig;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.kmip.KeyAdministration;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import java.util.Collection;

/** The KMIP groups of the configuration, by name. */
final class KmipGroups {
  private final TdeConfig config;

  KmipGroups(TdeConfig config) {
    this.config = config;
  }

  Collection<String> names() {
    return config.kmipGroups().keySet();
  }

  KmipGroupConfig group(String name) throws CommandFailure {
    KmipGroupConfig group = config.kmipGroups().get(name);
    if (group == null) {
      throw new CommandFailure(
          ExitCode.NOT_FOUND,
          "no KMIP group '"
              + name
              + "' in "
              + config.file()
              + (names().isEmpty()
                  ? "; it has none"
                  : "; there are: " + String.join(", ", names())));
    }
    return group;
  }

  KeyAdministration open(String name) throws CommandFailure, KmipException {
    return KeyAdministration.open(group(name));
  }
}
