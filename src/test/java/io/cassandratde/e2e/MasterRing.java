package io.cassandratde.e2e;

import com.datastax.oss.driver.api.core.cql.Row;
import io.cassandratde.e2e.files.SealedFiles;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Await;
import io.cassandratde.e2e.process.Ran;
import io.cassandratde.e2e.process.Together;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.openmbean.CompositeData;

/**
 * Three nodes that each have every row of keyspace {@code m}, whose data keys are under one master
 * key, which each node has in a key file of its own.
 */
record MasterRing(TestBed bed, Ring ring) implements AutoCloseable {

  /** Of the master key, and of its file. */
  static final String NAME = "master";

  private static final String OPTIONS =
      " WITH compression = {'class': 'EncryptingLZ4Compressor', 'key_provider':"
          + " 'ReplicatedKeyProviderFactory', 'system_key_file': '"
          + NAME
          + "', 'cipher_algorithm': 'AES/GCM/NoPadding', 'secret_key_strength': 256}";

  /** Without a key file in any of them. */
  static MasterRing prepare(TestBed bed) throws IOException {
    List<CassandraNode> nodes = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      String directory = "masters-" + name;
      CassandraNode.Setup setup = bed.setup(directory, config(bed, directory), true);
      CassandraNode node =
          nodes.isEmpty()
              ? CassandraNode.prepare(setup)
              : CassandraNode.joining(nodes.get(0), setup);
      nodes.add(node.useYaml(RekeyRing.YAML + Ring.tokens(nodes.size())));
    }
    return new MasterRing(bed, new Ring(List.copyOf(nodes)));
  }

  private static Path own(TestBed bed, String node) {
    return bed.directory().resolve(node + "-keys");
  }

  private static Path config(TestBed bed, String node) throws IOException {
    Path own = Files.createDirectories(own(bed, node));
    Path file = own.resolve("tde.yaml");
    Files.writeString(
        file,
        "system_key_directory: %s\nreplicated_keys:\n  directory: %s\n"
            .formatted(own, own.resolve("copies")));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  private Path own(CassandraNode node) {
    return own(bed, String.valueOf(node.directory().getFileName()));
  }

  /** Makes a key file for operators to copy lines from. */
  void make(String key) {
    bed.cassandraTde("createsystemkey", "AES", "256", key).orFail();
  }

  /** The node's key file has these keys now, the last of which is the one that it offers. */
  void give(CassandraNode node, String... keys) {
    try {
      ByteArrayOutputStream lines = new ByteArrayOutputStream();
      for (String key : keys) {
        lines.write(Files.readAllBytes(bed.systemKeys().resolve(key)));
      }
      Path file = own(node).resolve(NAME);
      Path next = own(node).resolve("." + NAME + ".next");
      Files.write(next, lines.toByteArray());
      Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rw-------"));
      Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<CassandraNode> all() {
    return ring.nodes();
  }

  /** The first node makes encryption_control for one; the rest is done as operators are told to. */
  void start() {
    ring.nodes().get(0).start();
    Together.run(ring.nodes().get(1)::start, ring.nodes().get(2)::start);
    ring.awaitEachSeesAll();
    all().forEach(MasterRing::awaitTables);
    all().forEach(node -> awaitMissingReplicas(node, 2));
    ring.define(
        "ALTER KEYSPACE encryption_control WITH replication ="
            + " {'class': 'NetworkTopologyStrategy', 'datacenter1': 3}");
    all().get(0).nodetool("repair", "--full", "encryption_control").orFail();
    all().forEach(node -> awaitMissingReplicas(node, 0));
  }

  private static void awaitMissingReplicas(CassandraNode node, long count) {
    String metric = "org.apache.cassandra.metrics:type=TdeKeyHierarchy,name=MissingReplicas";
    Await.until(
        count + " replicas of encryption_control missing by " + node,
        () -> node.jmx().attribute(metric, "Value").equals(count));
  }

  private static void awaitTables(CassandraNode node) {
    Await.until(
        "tables of data keys on " + node,
        () ->
            node.execute(
                        "SELECT table_name FROM system_schema.tables"
                            + " WHERE keyspace_name = 'encryption_control'")
                    .all()
                    .size()
                == 7);
  }

  void createTables(String... names) {
    ring.define(
        "CREATE KEYSPACE m WITH replication = {'class': 'NetworkTopologyStrategy',"
            + " 'datacenter1': 3}");
    for (String name : names) {
      ring.define("CREATE TABLE m." + name + " " + Rows.COLUMNS + OPTIONS);
    }
  }

  /** A command that asks these nodes. */
  Ran command(List<CassandraNode> nodes, String... arguments) {
    String hosts =
        nodes.stream().map(node -> "127.0.0.1:" + node.jmxPort()).collect(Collectors.joining(","));
    return bed.cassandraTde(
        Stream.concat(Stream.of(arguments), Stream.of("--hosts", hosts)).toArray(String[]::new));
  }

  /** The newest first, as a node tells them. */
  static List<CompositeData> dataKeys(CassandraNode node) {
    Object keys = node.jmx().attribute("io.cassandratde:type=KeyHierarchy", "DataKeys");
    return Arrays.asList((CompositeData[]) keys);
  }

  /** What seals on this node is looked up now, and its copies follow the table. */
  static void look(CassandraNode node) {
    var unused = node.jmx().run("io.cassandratde:type=Keys", "refreshKeys");
  }

  /** By which keys the node's files of a table are sealed. */
  SealedFiles sealed(CassandraNode node, String table) {
    return SealedFiles.of(bed.distribution(), node.dataFiles("m", table).toArray(Path[]::new));
  }

  /** Whether each of the node's copies has a wrap under this master key, which it names. */
  boolean copiesAreUnder(CassandraNode node, String masterKey) throws IOException {
    try (Stream<Path> copies = Files.list(own(node).resolve("copies"))) {
      List<Path> keys = copies.filter(file -> file.toString().endsWith(".key")).toList();
      for (Path key : keys) {
        if (!Files.readString(key, StandardCharsets.ISO_8859_1).contains(masterKey)) {
          return false;
        }
      }
      return !keys.isEmpty();
    }
  }

  static String hostId(CassandraNode node) {
    Row row = node.execute("SELECT host_id FROM system.local").one();
    return String.valueOf(Objects.requireNonNull(row).getUuid(0));
  }

  @Override
  public void close() {
    all().forEach(CassandraNode::close);
  }
}
