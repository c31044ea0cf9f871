package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.e2e.files.RawFiles;
import io.cassandratde.e2e.files.SealedFiles;
import io.cassandratde.e2e.node.CassandraNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every class and every spelling of the options that DSE's pages use, on real files. */
@SharedNode
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CompressorsTest {

  private static final String KEYSPACE = "compressors";
  private static final String KMIP =
      "'key_provider': 'KmipKeyProviderFactory', 'kmip_host': 'dev', 'key_namespace': 'compressors'";

  private final TestBed bed;
  private final CassandraNode node;
  private final List<String> encrypted = new ArrayList<>();

  CompressorsTest(TestBed bed) {
    this.bed = bed;
    this.node = bed.node();
  }

  @BeforeAll
  void prepare() {
    bed.keyspace(KEYSPACE);
    bed.cassandraTde("createsystemkey", "AES/GCM/NoPadding", "256", "local_key").orFail();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          lz4       | 'class': 'EncryptingLZ4Compressor', 'secret_key_strength': 256
          zstd      | 'class': 'EncryptingZstdCompressor', 'secret_key_strength': 192, 'compression_level': 5
          snappy    | 'class': 'EncryptingSnappyCompressor', 'cipher_algorithm': 'AES/GCM/NoPadding'
          deflate   | 'class': 'EncryptingDeflateCompressor', 'chunk_length_in_kb': 64
          encryptor | 'class': 'Encryptor', 'chunk_length_in_kb': 4
          """)
  void every_class_writes_no_plaintext_and_reads_back(String table, String options) {
    assertEncrypts(table, options + ", " + KMIP);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          dse_cbc      | 'class': 'EncryptingLZ4Compressor', 'cipher_algorithm': 'AES/CBC/PKCS5Padding', 'secret_key_strength': 128, 'iv_length': 16, 'chunk_length_in_kb': 64
          dse_ecb      | 'class': 'Encryptor', 'cipher_algorithm': 'AES/ECB/PKCS5Padding', 'secret_key_strength': 128
          dse_lz4      | 'class': 'com.datastax.bdp.cassandra.crypto.EncryptingLZ4Compressor'
          dse_zstd     | 'class': 'com.datastax.bdp.cassandra.crypto.EncryptingZstdCompressor'
          dse_snappy   | 'class': 'com.datastax.bdp.cassandra.crypto.EncryptingSnappyCompressor'
          dse_deflate  | 'class': 'com.datastax.bdp.cassandra.crypto.EncryptingDeflateCompressor'
          dse_none     | 'class': 'com.datastax.bdp.cassandra.crypto.Encryptor'
          dse_template | 'class': 'EncryptingLZ4Compressor', 'template_name': 'cassandra', 'system_key_file': 'system_key'
          """)
  void dse_ddl_works_as_it_stands(String table, String options) {
    assertEncrypts(table, options + ", " + KMIP);
  }

  @Test
  void the_other_names_of_dse_options_work() {
    assertEncrypts(
        "dse_aliases",
        "'class': 'EncryptingLZ4Compressor', 'kmip_host': 'dev', 'key_keyspace': 'compressors',"
            + " 'secret_key_provider_factory_class': 'com.datastax.bdp.cassandra.crypto.KmipKeyProviderFactory'");
  }

  @Test
  void a_local_key_file_works_without_a_key_server() {
    assertEncrypts(
        "local_file",
        "'class': 'EncryptingLZ4Compressor', 'key_provider': 'LocalFileSystemKeyProviderFactory',"
            + " 'secret_key_file': 'local_key', 'secret_key_strength': 256");
  }

  @Test
  void tables_with_equal_settings_share_one_key() {
    Encryption same = Encryption.lz4("dev", "shared");
    for (String table : List.of("share_one", "share_two")) {
      create(table, same.options());
      new Rows(KEYSPACE + "." + table).insert(node.cql(), 10);
    }
    node.jmx().flush(KEYSPACE, "share_one", "share_two");

    assertThat(bed.sealed(KEYSPACE, "share_one").onlyKeyId())
        .isEqualTo(bed.sealed(KEYSPACE, "share_two").onlyKeyId());
  }

  @Test
  void the_same_search_finds_the_values_of_a_plain_table() {
    for (String compression : List.of("{'enabled': 'false'}", "{'class': 'LZ4Compressor'}")) {
      String table = compression.contains("LZ4") ? "plain_lz4" : "plain_none";
      create(table, "compression = " + compression);
      Rows rows = new Rows(KEYSPACE + "." + table).insert(node.cql(), 300);
      node.jmx().flush(KEYSPACE, table);

      assertThat(RawFiles.found(allFiles(table), rows.secrets()))
          .as("values found in " + table)
          .hasSizeGreaterThan(250);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          'chunk_length_kb': 64     | chunk_length_in_kb
          'kmip_host': 'nowhere'    | nowhere
          'secret_key_strength': 99 | 99
          'surprise': 1             | surprise
          """)
  void wrong_options_are_refused_when_the_table_is_created(String option, String named) {
    String host = option.contains("kmip_host") ? "" : ", 'kmip_host': 'dev'";

    assertThatThrownBy(
            () ->
                create(
                    "refused",
                    "compression = {'class': 'EncryptingLZ4Compressor', 'key_provider': 'KmipKeyProviderFactory', "
                        + option
                        + host
                        + "}"))
        .hasMessageContaining(named);
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void sstablekeys_names_one_key_for_each_of_these_tables() {
    List<Path> files = new ArrayList<>();
    encrypted.forEach(table -> files.addAll(node.dataFiles(KEYSPACE, table)));

    SealedFiles sealed = SealedFiles.of(bed.distribution(), files.toArray(Path[]::new));

    assertThat(sealed.entries()).hasSizeGreaterThanOrEqualTo(15);
    assertThat(sealed.entries().stream().map(SealedFiles.Entry::table).toList())
        .containsExactlyInAnyOrderElementsOf(encrypted);
    for (SealedFiles.Entry entry : sealed.entries()) {
      assertThat(entry.keyspace()).isEqualTo(KEYSPACE);
      assertThat(entry.keys()).as("keys of " + entry).hasSize(1);
      assertThat(entry.keys().get(0).group())
          .isEqualTo(entry.table().equals("local_file") ? "local" : "dev");
    }
  }

  private void create(String table, String with) {
    node.execute("CREATE TABLE " + KEYSPACE + "." + table + " " + Rows.COLUMNS + " WITH " + with);
  }

  private void assertEncrypts(String table, String options) {
    create(table, "compression = {" + options + "}");
    Rows rows = new Rows(KEYSPACE + "." + table).insert(node.cql(), 300);
    node.jmx().flush(KEYSPACE, table);

    rows.assertAllRead(node.cql());
    assertThat(RawFiles.found(allFiles(table), rows.secrets())).as("plaintext on disk").isEmpty();
    encrypted.add(table);
    bed.mustSurviveRestart(rows);
  }

  /** All components: the secrets are no keys, so they may stand nowhere. */
  private List<Path> allFiles(String table) {
    try (Stream<Path> files = Files.walk(node.tableDirectory(KEYSPACE, table))) {
      return files.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
