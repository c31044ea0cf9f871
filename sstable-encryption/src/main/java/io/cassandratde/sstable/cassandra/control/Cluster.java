package io.cassandratde.sstable.cassandra.control;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.cassandra.db.Keyspace;
import org.apache.cassandra.gms.Gossiper;
import org.apache.cassandra.locator.InetAddressAndPort;
import org.apache.cassandra.locator.TokenMetadata;
import org.apache.cassandra.service.StorageService;
import org.apache.cassandra.utils.FBUtilities;

/** The nodes of this cluster, as this node sees them. */
public final class Cluster {

  private Cluster() {}

  /** Whether this node has started; Cassandra's own flag comes last, as to ask initializes much. */
  public static boolean isServing() {
    return Keyspace.isInitialized() && StorageService.instance.isDaemonSetupCompleted();
  }

  /** Whether others own tokens too, up or down. */
  static boolean hasOtherNodes() {
    return nodesByDatacenter().values().stream().mapToInt(Integer::intValue).sum() > 1;
  }

  /** How many nodes own tokens, by data centre, up or down. */
  static Map<String, Integer> nodesByDatacenter() {
    Map<String, Integer> counts = new HashMap<>();
    tokens()
        .getTopology()
        .getDatacenterEndpoints()
        .asMap()
        .forEach((datacenter, nodes) -> counts.put(datacenter, nodes.size()));
    return counts;
  }

  /** Host ids of the nodes that own tokens and are up by gossip, this one included. */
  public static Set<UUID> live() {
    Set<UUID> live = new HashSet<>();
    TokenMetadata tokens = tokens();
    for (InetAddressAndPort node : Gossiper.instance.getLiveTokenOwners()) {
      UUID id = tokens.getHostId(node);
      if (id != null) {
        live.add(id);
      }
    }
    live.add(self());
    return live;
  }

  public static UUID self() {
    return StorageService.instance.getLocalHostUUID();
  }

  /**
   * Whether this node takes part in the cluster, if only to join it: earlier than {@link
   * #isServing}, for it needs keys for what it is sent then.
   */
  public static boolean isAskable() {
    return Keyspace.isInitialized() && StorageService.instance.isInitialized();
  }

  /**
   * Whether Cassandra refuses to read single partitions for this node, which joins; it reads ranges
   * (StorageProxy.isSafeToPerformRead).
   */
  public static boolean isJoining() {
    return StorageService.instance.isBootstrapMode();
  }

  /** Addresses by host id of the nodes that own tokens, up or down. */
  public static Map<UUID, String> members() {
    Map<UUID, String> members = new TreeMap<>();
    TokenMetadata tokens = tokens();
    tokens
        .getAllEndpoints()
        .forEach(
            node -> {
              UUID id = tokens.getHostId(node);
              if (id != null) {
                members.put(id, node.getHostAddressAndPort());
              }
            });
    return members;
  }

  /** This node's, as others know it. */
  public static String address() {
    return FBUtilities.getBroadcastAddressAndPort().getHostAddressAndPort();
  }

  private static TokenMetadata tokens() {
    return StorageService.instance.getTokenMetadata().cloneOnlyTokenMap();
  }
}
