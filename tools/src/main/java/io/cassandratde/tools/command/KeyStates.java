package io.cassandratde.tools.command;

import io.cassandratde.keys.config.ConfigException;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.kmip.KeyAdministration;
import io.cassandratde.keys.kmip.KeyFacts;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.cluster.KeyName;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The states of keys on their servers, where a configuration tells of servers: a help, no need. */
final class KeyStates {

  private final ConfigOption config;
  private final Session session;

  KeyStates(ConfigOption config, Session session) {
    this.config = config;
    this.session = session;
  }

  /** Keys whose state is not known are absent, and a warning says why. */
  Map<KeyName, String> of(Set<KeyName> keys) throws CommandFailure {
    TdeConfig loaded;
    try {
      loaded = config.load(session);
    } catch (ConfigException e) {
      if (config.given() || !e.file().isEmpty()) {
        throw e;
      }
      return Map.of();
    }
    KmipGroups groups = new KmipGroups(loaded);
    Map<KeyName, String> states = new HashMap<>();
    for (String group : keys.stream().map(KeyName::group).collect(Collectors.toSet())) {
      if (groups.names().contains(group)) {
        ask(groups, group, keys, states);
      }
    }
    return states;
  }

  private void ask(KmipGroups groups, String group, Set<KeyName> keys, Map<KeyName, String> states)
      throws CommandFailure {
    try (KeyAdministration administration = groups.open(group)) {
      Map<String, String> listed = new HashMap<>();
      for (KeyFacts key : administration.list(null).keys()) {
        listed.put(key.id(), key.state() == null ? "state not kept" : key.state().label());
      }
      keys.stream()
          .filter(key -> key.group().equals(group))
          .forEach(key -> states.put(key, listed.getOrDefault(key.keyId(), "not on the server")));
    } catch (KmipException e) {
      session
          .terminal()
          .warn("the states of the keys of group " + group + " are not known: " + e.getMessage());
    }
  }
}
