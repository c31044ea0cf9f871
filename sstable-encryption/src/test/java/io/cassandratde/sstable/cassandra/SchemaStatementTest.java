package io.cassandratde.sstable.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.sstable.format.TestKeys;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.cassandra.cql3.CQLStatement;
import org.apache.cassandra.cql3.QueryOptions;
import org.apache.cassandra.cql3.QueryProcessor;
import org.apache.cassandra.exceptions.ConfigurationException;
import org.apache.cassandra.schema.CompressionParams;
import org.apache.cassandra.schema.Schema;
import org.apache.cassandra.service.ClientState;
import org.apache.cassandra.service.QueryState;
import org.apache.cassandra.transport.Dispatcher;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A key file that cannot be sealed with is refused to a client's statement, and to nobody else. On
 * a real node: {@code KeyFileTest} of the end-to-end module.
 */
class SchemaStatementTest {

  @TempDir private Path root = Path.of("set by JUnit");

  private final TestRuntime runtime = new TestRuntime(TestKeys.sunJce());
  private @Nullable OfflineTable table;

  @BeforeEach
  void losesTheKeyFile() throws Exception {
    table = new OfflineTable(root, "EncryptingLZ4Compressor", TestRuntime.OPTIONS);
    table.write(1, null);
    runtime.keyFileProblem = new KeyNotFoundException("key file /keys/mistyped is not there");
  }

  @AfterEach
  void close() {
    runtime.close();
  }

  private static String encryption() {
    Map<String, String> options = new HashMap<>(TestRuntime.OPTIONS);
    options.put("class", "EncryptingLZ4Compressor");
    return options.entrySet().stream()
        .map(e -> "'%s': '%s'".formatted(e.getKey(), e.getValue()))
        .collect(Collectors.joining(", ", "compression = {", "}"));
  }

  private static CQLStatement statement(String cql) {
    CQLStatement statement = QueryProcessor.getStatement(cql, ClientState.forInternalCalls());
    statement.validate(ClientState.forInternalCalls());
    return statement;
  }

  private static void asClient(String cql) {
    statement(cql)
        .execute(
            QueryState.forInternalCalls(),
            QueryOptions.DEFAULT,
            Dispatcher.RequestTime.forImmediateExecution());
  }

  private static boolean exists(String name) {
    return Schema.instance.getTableMetadata(OfflineTable.KEYSPACE, name) != null;
  }

  @Test
  void a_clients_create_and_alter_are_refused_and_change_nothing() {
    assertThatThrownBy(
            () ->
                asClient("CREATE TABLE offline.refused (id int PRIMARY KEY) WITH " + encryption()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'kmip_host'")
        .hasMessageContaining("/keys/mistyped is not there");
    assertThat(exists("refused")).isFalse();
    String alter = "ALTER TABLE offline." + table().name + " WITH ";
    assertThatThrownBy(() -> asClient(alter + encryption()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("/keys/mistyped is not there");
    asClient(alter + "comment = 'other options of the table can still be changed'");
  }

  @Test
  void cassandras_own_statements_the_stored_schema_and_offline_tools_are_not() throws Exception {
    statement("CREATE TABLE offline.own (id int PRIMARY KEY) WITH " + encryption())
        .executeLocally(QueryState.forInternalCalls(), QueryOptions.DEFAULT);
    assertThat(exists("own")).isTrue();
    assertThat(CompressionParams.fromMap(table().metadata().params.compression.asMap()))
        .isEqualTo(table().metadata().params.compression);
    OfflineTable another = new OfflineTable(root, "EncryptingLZ4Compressor", TestRuntime.OPTIONS);
    another.write(1, null);
    assertThat(another.read()).hasSize(1);
  }

  private OfflineTable table() {
    if (table == null) {
      throw new IllegalStateException("before each test");
    }
    return table;
  }
}
