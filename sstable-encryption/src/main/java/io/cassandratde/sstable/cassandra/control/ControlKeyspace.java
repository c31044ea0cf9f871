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
import java.util.stream.Stream;
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
   * A table: its name, and what stands between its name and the options in its definition, which
   * may begin with the order of its rows.
   *
   * @param ttl of its rows, in seconds; 0: they stay
   */
  public record Table(String name, String columns, int ttl, String comment) {

    public String fullName() {
      return NAME + '.' + name;
    }

    /** Never changes, so that nodes that create it at the same time create the same one. */
    UUID id() {
      return UUID.nameUUIDFromBytes((NAME + '.' + name).getBytes(StandardCharsets.UTF_8));
    }

    String definition() {
      String with = columns.contains(" WITH ") ? "AND" : "WITH";
      return "CREATE TABLE IF NOT EXISTS %s.%s %s %s id = %s AND default_time_to_live = %d AND comment = '%s'"
          .formatted(NAME, name, columns, with, id(), ttl, comment);
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

  /** Data keys; those that follow each other are one partition, so transactions order them. */
  public static final Table DATA_KEYS =
      new Table(
          "data_keys",
          "(master text, namespace text, bits int, version int, key_id uuid, status text,"
              + " check_value text, created_at timestamp, active_from timestamp,"
              + " changed_at timestamp, PRIMARY KEY ((master, namespace, bits), version))"
              + " WITH CLUSTERING ORDER BY (version DESC)",
          0,
          "data keys of this cluster, by version; what opens them is in data_key_wraps");

  public static final Table DATA_KEY_WRAPS =
      new Table(
          "data_key_wraps",
          "(key_id uuid, wrapped_at timeuuid, master text static, namespace text static,"
              + " bits int static, version int static, check_value text static,"
              + " created_at timestamp static, wrapped blob, master_key text,"
              + " PRIMARY KEY (key_id, wrapped_at)) WITH CLUSTERING ORDER BY (wrapped_at DESC)",
          0,
          "data keys under master keys; rows are added, and go by proof only");

  public static final Table MASTER_KEYS =
      new Table(
          "master_keys",
          "(name text, version int, source text, group_tag int, key_id text, check_value text,"
              + " state text, canary_id uuid, canary blob, proposed_by uuid,"
              + " proposed_at timestamp, activated_at timestamp, PRIMARY KEY (name, version))"
              + " WITH CLUSTERING ORDER BY (version DESC)",
          0,
          "master keys that nodes agreed on or are about to; none is in here");

  public static final Table MASTER_KEY_REPORTS =
      new Table(
          "master_key_reports",
          "(name text, version int, host_id uuid, address text, check_value text, failure text,"
              + " reported_at timestamp, PRIMARY KEY ((name, version), host_id))",
          0,
          "what each node has of each version of a master key");

  /** What new keys of key servers are published by. */
  static final List<Table> PUBLICATION = List.of(KEY_PROPOSALS, KEY_REPORTS);

  /** What replicated keys are in. */
  public static final List<Table> HIERARCHY =
      List.of(DATA_KEYS, DATA_KEY_WRAPS, MASTER_KEYS, MASTER_KEY_REPORTS);

  static final List<Table> TABLES =
      Stream.concat(
              Stream.of(BACKUP_HOLDS), Stream.of(PUBLICATION, HIERARCHY).flatMap(List::stream))
          .toList();

  private final ControlStatements statements;

  ControlKeyspace(ControlStatements statements) {
    this.statements = statements;
  }

  /**
   * Whether this node knows these tables. A cluster that comes from a former release has the
   * keyspace without those of this one, which {@link #create} adds.
   */
  public static boolean exists(List<Table> tables) {
    return tables.stream().allMatch(ControlKeyspace::exists);
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
  public void create() {
    if (!exists(TABLES)) {
      var unused = statements.within(CREATION, ControlKeyspace::createNow);
    }
  }

  private static synchronized boolean createNow() {
    // A node that has just joined may not know it yet, and its own definition would replace the one
    // that is there: with fewer replicas than an operator gave it.
    awaitAgreement("keyspace " + NAME + " is not known to this node");
    if (exists(TABLES)) {
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
    logger.info(
        "Keyspace {} was not there, or not all its tables, and is created; replicas of a new one: {}",
        NAME,
        replicas);
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

  /**
   * By data centre, how many replicas there are too few by the number of its nodes now. Nobody else
   * can add them: rows are on a new replica after a repair only, and until then a quorum may know
   * less than one replica did.
   */
  public static Map<String, Integer> missingReplicas() {
    KeyspaceMetadata there = Schema.instance.getKeyspaceMetadata(NAME);
    return there == null
        ? Map.of()
        : missing(replicas(Cluster.nodesByDatacenter()), there.params.replication.options);
  }

  /**
   * @param options of the keyspace's replication
   */
  static Map<String, Integer> missing(Map<String, Integer> wanted, Map<String, String> options) {
    Map<String, Integer> missing = new TreeMap<>();
    wanted.forEach(
        (datacenter, count) -> {
          String said = options.getOrDefault(datacenter, options.get("replication_factor"));
          int full = said == null ? 0 : Integer.parseInt(said.replaceFirst("/.*", ""));
          if (full < count) {
            missing.put(datacenter, count - full);
          }
        });
    return missing;
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
