package io.cassandratde.tools.command;

import io.cassandratde.keys.KeyGroup;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.kmip.KeyAdministration;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.audit.AuditLog;
import io.cassandratde.tools.rekey.Cluster;
import io.cassandratde.tools.rekey.GivenKeys;
import io.cassandratde.tools.rekey.KeyServer;
import io.cassandratde.tools.rekey.KeySource;
import io.cassandratde.tools.rekey.RekeyState;
import io.cassandratde.tools.rekey.ServedKeys;
import io.cassandratde.tools.rekey.TableKeys;
import io.cassandratde.tools.run.Patience;
import org.jspecify.annotations.Nullable;

/** The keys that a run replaces one of, by the name of their group. */
record ReplacedKeys(KeySource source, @Nullable KeyAdministration administration)
    implements AutoCloseable {

  /**
   * Of a group as files and operators name it.
   *
   * @throws CommandFailure there is no such group
   */
  static ReplacedKeys open(
      String program,
      TdeConfig config,
      String group,
      Cluster cluster,
      AuditLog audit,
      Patience patience,
      RekeyState state)
      throws Exception {
    KmipGroups groups = new KmipGroups(config);
    KeyGroup of = group(config, group);
    return switch (of.provider()) {
      case KMIP -> served(groups, group, audit, patience);
      case LOCAL ->
          given(cluster, state, of, "add a line with the new key to the key file of every node");
      case PKCS11 ->
          given(
              cluster,
              state,
              of,
              "make the new key in token %s, name it primary_key and the old one secondary_key in the pkcs11 section of every node, and `%s reload`"
                  .formatted(of.name(), program));
      case REPLICATED -> replicated(cluster, of.name(), audit);
    };
  }

  private static ReplacedKeys replicated(Cluster cluster, String master, AuditLog audit)
      throws Exception {
    TableKeys keys = new TableKeys(cluster, audit);
    if (!keys.has(master)) {
      throw new CommandFailure(
          ExitCode.NOT_FOUND,
          "the cluster has no data keys under master key " + master + "; see `keys list`");
    }
    return new ReplacedKeys(keys, null);
  }

  static KeyGroup group(TdeConfig config, String name) {
    return KeyGroup.parse(name, config.kmipGroups().containsKey(name));
  }

  private static ReplacedKeys given(
      Cluster cluster, RekeyState state, KeyGroup group, String remedy) {
    return new ReplacedKeys(new GivenKeys(cluster, group.toString(), remedy, state), null);
  }

  private static ReplacedKeys served(
      KmipGroups groups, String group, AuditLog audit, Patience patience)
      throws CommandFailure, KmipException {
    KeyAdministration administration = groups.open(group);
    return new ReplacedKeys(
        new ServedKeys(
            new KeyServer(administration, groups.group(group), audit, patience, "rekey")),
        administration);
  }

  @Override
  public void close() {
    if (administration != null) {
      administration.close();
    }
  }
}
