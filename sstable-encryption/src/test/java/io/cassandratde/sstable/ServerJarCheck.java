package io.cassandratde.sstable;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** Runs after the server jar was built: what operators drop into Cassandra's lib/. */
class ServerJarCheck {

  private static final Path JAR =
      Path.of(Objects.requireNonNull(System.getProperty("tde.server.jar")));

  private static List<JarEntry> entries() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      return jar.stream().toList();
    }
  }

  private static List<String> files() throws IOException {
    return entries().stream().map(JarEntry::getName).filter(name -> !name.endsWith("/")).toList();
  }

  @Test
  void holds_the_three_modules_and_nothing_foreign() throws Exception {
    assertThat(files())
        .allMatch(
            name ->
                name.startsWith("io/cassandratde/kmip/")
                    || name.startsWith("io/cassandratde/keys/")
                    || name.startsWith("io/cassandratde/sstable/")
                    || name.startsWith("org/apache/cassandra/io/compress/Encrypt")
                    || name.startsWith("org/apache/cassandra/service/paxos/uncommitted/PaxosMerge")
                    || name.equals(
                        "org/apache/cassandra/service/paxos/uncommitted/package-info.class")
                    || name.startsWith("org/apache/cassandra/io/sstable/format/bti/Ebti")
                    || name.equals("org/apache/cassandra/io/sstable/format/bti/package-info.class")
                    || name.equals("org/apache/cassandra/io/compress/package-info.class")
                    || name.startsWith("com/datastax/bdp/cassandra/crypto/Encrypt")
                    || name.equals("com/datastax/bdp/cassandra/crypto/package-info.class")
                    || name.startsWith("META-INF/"));
    assertThat(files())
        .contains(
            "io/cassandratde/keys/cache/KeyCache.class",
            "io/cassandratde/sstable/cassandra/EncryptingCompressor.class",
            "org/apache/cassandra/io/compress/EncryptingLZ4Compressor.class",
            "com/datastax/bdp/cassandra/crypto/Encryptor.class")
        .anyMatch(name -> name.startsWith("io/cassandratde/kmip/"));
  }

  @Test
  void has_no_development_server_and_no_class_of_cassandra() throws Exception {
    assertThat(files()).noneMatch(name -> name.contains("devserver"));
    // The shims' package is Cassandra's own: none of its classes may come along.
    assertThat(files())
        .filteredOn(name -> name.startsWith("org/apache/cassandra/"))
        // Nested ones besides: Ebti…$….
        .filteredOn(name -> !name.contains("/bti/Ebti") || !name.contains("$"))
        .containsExactlyInAnyOrder(
            "org/apache/cassandra/io/compress/EncryptedSSTableCompressor.class",
            "org/apache/cassandra/io/sstable/format/bti/EbtiFormat.class",
            "org/apache/cassandra/io/sstable/format/bti/EbtiTableReader.class",
            "org/apache/cassandra/io/sstable/format/bti/EbtiTableReaderLoadingBuilder.class",
            "org/apache/cassandra/io/sstable/format/bti/EbtiTableWriter.class",
            "org/apache/cassandra/io/sstable/format/bti/package-info.class",
            "org/apache/cassandra/io/compress/EncryptingDeflateCompressor.class",
            "org/apache/cassandra/io/compress/EncryptingLZ4Compressor.class",
            "org/apache/cassandra/io/compress/EncryptingSnappyCompressor.class",
            "org/apache/cassandra/io/compress/EncryptingZstdCompressor.class",
            "org/apache/cassandra/io/compress/Encryptor.class",
            "org/apache/cassandra/io/compress/package-info.class",
            "org/apache/cassandra/service/paxos/uncommitted/PaxosMerge.class",
            "org/apache/cassandra/service/paxos/uncommitted/package-info.class");
  }

  @Test
  void every_entry_has_the_same_time() throws Exception {
    assertThat(entries().stream().map(JarEntry::getTime).distinct()).hasSize(1);
  }

  @Test
  void names_its_version() throws Exception {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      String version = jar.getManifest().getMainAttributes().getValue("Implementation-Version");
      assertThat(JAR.getFileName()).hasToString("cassandra-tde-" + version + ".jar");
    }
  }
}
