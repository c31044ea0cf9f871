package io.cassandratde.e2e;

import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.node.KeyOperations;
import io.cassandratde.keys.pkcs11.FailingToken;
import io.cassandratde.keys.pkcs11.SoftToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Matcher;

/**
 * A node of format {@code ebti} whose keys are operated: its system tables, saved caches and commit
 * log are sealed too, what it does with keys is recorded, and its configuration changes while it
 * runs.
 *
 * @param config what it was started with
 * @param audit its own records
 * @param token the one that it calls {@link #TOKEN}; it fails with {@link FailingToken}
 */
record OperatedNode(TestBed bed, CassandraNode node, Path config, Path audit, SoftToken token)
    implements AutoCloseable {

  static final String TOKEN = "hsm";

  /** Labels of the token's keys, as they are without {@link #useLabels}. */
  private static final String LABELS = "primary_key: b";

  /** Of all that is no table of the tests. */
  static final String NAMESPACE = "operations_node";

  /** What {@link OnOperatedNode} locks. */
  static final String LOCK = "node that is operated";

  static OperatedNode start(TestBed bed) {
    Path config = bed.directory().resolve("operations.yaml");
    CassandraNode node =
        CassandraNode.prepare(bed.setup("operations", config, true))
            .useYaml(EbtiFormatTest.YAML + new LogSealing("dev", NAMESPACE).commitLog());
    OperatedNode operated =
        new OperatedNode(
            bed, node, config, bed.directory().resolve("operations-audit.log"), unusedToken());
    operated.configure("", "");
    node.start();
    return operated;
  }

  private static SoftToken unusedToken() {
    try {
      return SoftToken.unused();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private String tokens() {
    try {
      Path pin = Files.writeString(bed.directory().resolve("token.pin"), SoftToken.PIN);
      Files.setPosixFilePermissions(pin, PosixFilePermissions.fromString("rw-------"));
      return "pkcs11:\n  %s: {library: %s, slot: %d, pin: {file: %s}, %s}\n"
          .formatted(TOKEN, FailingToken.library(), token.slot(), pin, LABELS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes other labels of the token's keys into the configuration, as YAML. */
  void useLabels(String labels) {
    try {
      String now = Files.readString(config);
      Files.writeString(
          config, now.replaceFirst("primary_key: [^}]*}", Matcher.quoteReplacement(labels + "}")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Labels as they were in the beginning. */
  void useFirstLabels() {
    useLabels(LABELS);
  }

  /**
   * Writes the configuration: what the node began with, and more.
   *
   * @param groups of {@code kmip_hosts}
   */
  void configure(String groups, String more) {
    bed.writeConfig(config.getFileName().toString(), List.of(bed.devServer().group("dev")));
    String rest =
        groups
            + "encrypt: {keyspaces: [released], system: true}\ndefault_key: {kmip_host: dev, key_namespace: "
            + NAMESPACE
            + "}\naudit: {file: "
            + bed.directory().resolve("commands-audit.log")
            + ", node_file: "
            + audit
            + "}\n"
            + tokens()
            + "replicated_keys: {directory: "
            + bed.directory().resolve("operations-key-copies")
            + "}\n"
            + more;
    try {
      Files.writeString(config, rest, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  KeyOperations operations() {
    return new KeyOperations(node);
  }

  void keyspace(String name) {
    node.execute(
        "CREATE KEYSPACE "
            + name
            + " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
  }

  /** Uncompacted, so that each flush keeps its SSTable. */
  void table(String name, String columns, Encryption encryption) {
    node.execute(
        "CREATE TABLE "
            + name
            + " "
            + columns
            + " WITH compaction = {'class': 'SizeTieredCompactionStrategy', 'enabled': 'false'} AND "
            + encryption.options());
  }

  @Override
  public void close() {
    node.close();
  }
}
