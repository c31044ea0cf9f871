package io.cassandratde.sstable.cassandra.control;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.cassandra.db.Keyspace;
import org.apache.cassandra.gms.Gossiper;
import org.apache.cassandra.locator.InetAddressAndPort;
import org.apache.cassandra.locator.TokenMetadata;
import org.apache.cassandra.service.StorageService;

/** The nodes of this cluster, as this node sees them. */
final class Cluster {

  private Cluster() {}

  /** Whether this node has started; Cassandra's own flag comes last, as to ask initializes much. */
  static boolean isServing() {
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
  static Set<UUID> live() {
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

  static UUID self() {
    return StorageService.instance.getLocalHostUUID();
  }

  private static TokenMetadata tokens() {
    return StorageService.instance.getTokenMetadata().cloneOnlyTokenMap();
  }
}
