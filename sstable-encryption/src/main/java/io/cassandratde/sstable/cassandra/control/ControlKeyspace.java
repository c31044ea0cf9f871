package io.cassandratde.sstable.cassandra.control;

import io.cassandratde.keys.config.EncryptionPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.cassandra.cql3.QueryProcessor;
import org.apache.cassandra.db.ConsistencyLevel;
import org.apache.cassandra.gms.Gossiper;
import org.apache.cassandra.schema.KeyspaceMetadata;
import org.apache.cassandra.schema.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keyspace of what nodes share about keys. A node that first needs it creates it, with {@code
 * min(3, nodes)} replicas in each data centre; from then on its replication is the operator's.
 *
 * <p>Several nodes may do so at once: the ids of its tables come from their names, so the
 * definitions are the same and merge. A policy that protects the system's keyspaces protects this
 * one (docs/RULES.md R26).
 */
public final class ControlKeyspace {

  public static final String NAME = EncryptionPolicy.CONTROL_KEYSPACE;

  private static final Logger logger = LoggerFactory.getLogger(ControlKeyspace.class);
  private static final int MOST_REPLICAS = 3;
  private static final Duration CREATION = Duration.ofSeconds(30);
  private static final Duration AGREEMENT = Duration.ofSeconds(20);

  /**
   * A table: its name, and what stands between its name and the options in its definition.
   *
   * @param ttl of its rows, in seconds; 0: they stay
   */
  record Table(String name, String columns, int ttl, String comment) {

    String fullName() {
      return NAME + '.' + name;
    }

    /** Never changes, so that nodes that create it at the same time create the same one. */
    UUID id() {
      return UUID.nameUUIDFromBytes((NAME + '.' + name).getBytes(StandardCharsets.UTF_8));
    }

    String definition() {
      return "CREATE TABLE IF NOT EXISTS %s.%s %s WITH id = %s AND default_time_to_live = %d AND comment = '%s'"
          .formatted(NAME, name, columns, id(), ttl, comment);
    }
  }

  static final Table BACKUP_HOLDS =
      new Table(
          "backup_holds",
          "(name text, key_group text, key_id text, check_value text, hold_until timestamp,"
              + " note text, registered_at timestamp, PRIMARY KEY (name, key_group, key_id))",
          0,
          "keys that backups elsewhere need until a date");

  static final Table KEY_PROPOSALS =
      new Table(
          "key_proposals",
          "(part text, spec text, key_group text, namespace text, bits int, key_id text,"
              + " proposed_by uuid, proposed_at timestamp, current_at timestamp,"
              + " PRIMARY KEY (part, spec))",
          0,
          "the last new key of each key spec");

  static final Table KEY_REPORTS =
      new Table(
          "key_reports",
          "(spec text, key_id text, host_id uuid, check_value text, failure text,"
              + " reported_at timestamp, PRIMARY KEY ((spec, key_id), host_id))",
          (int) TimeUnit.DAYS.toSeconds(90),
          "what each node got under the id of a new key");

  static final List<Table> TABLES = List.of(BACKUP_HOLDS, KEY_PROPOSALS, KEY_REPORTS);

  private final ControlStatements statements;

  ControlKeyspace(ControlStatements statements) {
    this.statements = statements;
  }

  /** Whether this node knows the keyspace and all its tables. */
  static boolean exists() {
    return TABLES.stream().allMatch(ControlKeyspace::exists);
  }

  private static boolean exists(Table table) {
    KeyspaceMetadata there = Schema.instance.getKeyspaceMetadata(NAME);
    return there != null && there.getTableOrViewNullable(table.name()) != null;
  }

  /**
   * Whether there is such a table. It is not there only if all live nodes say so.
   *
   * @throws ControlUnavailableException they do not agree on the schema
   */
  boolean has(Table table) {
    if (!exists(table)) {
      var unused =
          statements.within(
              CREATION,
              () -> {
                awaitAgreement("table " + table.fullName() + " is not known to this node");
                return true;
              });
    }
    return exists(table);
  }

  /**
   * Creates what is not there, and waits until all live nodes know it.
   *
   * @throws ControlUnavailableException it cannot be created now
   */
  void create() {
    if (!exists()) {
      var unused = statements.within(CREATION, ControlKeyspace::createNow);
    }
  }

  private static synchronized boolean createNow() {
    if (exists()) {
      return true;
    }
    Map<String, Integer> replicas = replicas(Cluster.nodesByDatacenter());
    if (replicas.isEmpty()) {
      throw new ControlUnavailableException(
          "keyspace " + NAME + " cannot be created: no node has tokens yet");
    }
    run(
        "CREATE KEYSPACE IF NOT EXISTS %s WITH replication = {'class': 'NetworkTopologyStrategy', %s}"
            .formatted(
                NAME,
                replicas.entrySet().stream()
                    .map(dc -> "'%s': %d".formatted(dc.getKey().replace("'", "''"), dc.getValue()))
                    .collect(Collectors.joining(", "))));
    TABLES.forEach(table -> run(table.definition()));
    logger.info("Keyspace {} was not there and is created, with replicas {}", NAME, replicas);
    awaitAgreement("keyspace " + NAME + " is created");
    return true;
  }

  private static void awaitAgreement(String what) {
    if (!Gossiper.instance.waitForSchemaAgreement(
        AGREEMENT.toMillis(), TimeUnit.MILLISECONDS, () -> false)) {
      throw new ControlUnavailableException(
          "%s, but live nodes do not agree on the schema after %d s: see nodetool describecluster"
              .formatted(what, AGREEMENT.toSeconds()));
    }
  }

  private static void run(String definition) {
    var unused = QueryProcessor.process(definition, ConsistencyLevel.ONE);
  }

  /** By data centre. */
  static Map<String, Integer> replicas(Map<String, Integer> nodes) {
    Map<String, Integer> replicas = new TreeMap<>();
    nodes.forEach(
        (datacenter, count) -> {
          if (count > 0) {
            replicas.put(datacenter, Math.min(MOST_REPLICAS, count));
          }
        });
    return replicas;
  }
}
