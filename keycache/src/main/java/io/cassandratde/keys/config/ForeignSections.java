package io.cassandratde.keys.config;

import java.util.List;
import java.util.Set;

/**
 * Top-level keys of DSE's own dse.yaml that have nothing to do with keys. In a file of that name
 * they are passed over, so that an operator can bring the file along as it stands; a misspelt
 * option of ours is still refused.
 */
final class ForeignSections {

  static final String DSE_FILE = "dse.yaml";

  private static final List<String> PREFIXES =
      List.of(
          "solr_",
          "spark_",
          "hive_",
          "hadoop_",
          "graph",
          "gremlin_",
          "dsefs_",
          "cql_",
          "alwayson_",
          "resource_",
          "lease_");

  private static final Set<String> NAMES =
      Set.of(
          "advanced_replication_options",
          "async_bootstrap_reindex",
          "audit_logging_options",
          "authentication_options",
          "authorization_options",
          "back_pressure_threshold_per_core",
          "cluster_summary_stats_options",
          "db_summary_stats_options",
          "enable_health_based_routing",
          "enable_index_disk_failure_policy",
          "flush_max_time_per_core",
          "histogram_data_options",
          "initial_spark_worker_resources",
          "insights_options",
          "internode_messaging_options",
          "kerberos_options",
          "ldap_options",
          "load_max_time_per_core",
          "max_memory_to_lock_fraction",
          "max_memory_to_lock_mb",
          "max_solr_concurrency_per_core",
          "node_health_options",
          "object_io_options",
          "performance_core_threads",
          "performance_max_threads",
          "performance_queue_capacity",
          "ram_buffer_heap_space_in_mb",
          "ram_buffer_offheap_space_in_mb",
          "role_management_options",
          "server_host",
          "server_id",
          "shard_transport_options",
          "tiered_storage_options",
          "ttl_index_rebuild_options",
          "user_latency_tracking_options");

  private ForeignSections() {}

  static boolean isForeign(String key) {
    return NAMES.contains(key) || PREFIXES.stream().anyMatch(key::startsWith);
  }
}
