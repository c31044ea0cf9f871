package io.cassandratde.sstable.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.local.SystemKeyFile;
import io.cassandratde.keys.runtime.TdeRuntime;
import io.cassandratde.sstable.cassandra.ebti.EncryptedDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.cassandra.db.streaming.ComponentContext;
import org.apache.cassandra.io.sstable.Component;
import org.apache.cassandra.io.sstable.Descriptor;
import org.apache.cassandra.io.sstable.format.SSTableFormat.Components;
import org.apache.cassandra.io.sstable.format.SSTableReader;
import org.apache.cassandra.io.util.File;
import org.apache.cassandra.schema.TableMetadataRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What zero-copy streaming is handed. Netty's native transport reads the file descriptor out of the
 * channel by JNI: anything but the JDK's own class ends the JVM by a signal. And what it sends,
 * with TLS or without, must be the file as it is on the disk: the receiver stores it as it comes.
 */
class EbtiStreamingTest {

  private static final String JDK_CHANNEL = "sun.nio.ch.FileChannelImpl";

  private final Path root;
  private final TdeRuntime runtime;

  EbtiStreamingTest(@TempDir Path root) throws IOException {
    this.root = root;
    SystemKeyFile.create(root.resolve("system_key"), CipherSpec.aes(256));
    Path file = root.resolve("tde.yaml");
    runtime =
        TdeRuntime.open(
            TdeConfig.load(Files.writeString(file, "system_key_directory: " + root + "\n")));
  }

  @BeforeEach
  void install() {
    TdeRuntime.install(runtime);
  }

  @AfterEach
  void close() {
    TdeRuntime.install(null);
    runtime.close();
  }

  private OfflineTable table() throws IOException {
    return new OfflineTable(
        root,
        "EncryptingLZ4Compressor",
        Map.of(
            "key_provider", "LocalFileSystemKeyProviderFactory",
            "secret_key_file", "system_key",
            "cipher_algorithm", "AES/GCM/NoPadding",
            "secret_key_strength", "256"));
  }

  @Test
  void every_streamed_component_is_a_channel_of_the_jdk_over_the_file_on_the_disk()
      throws Exception {
    OfflineTable table = table();
    table.write(300, OfflineTable.ebti());
    SSTableReader reader = table.open(table.file("Data.db"));
    Set<String> streamed = new HashSet<>();
    try (ComponentContext context = ComponentContext.create(reader)) {
      for (Component component : context.manifest().components()) {
        try (FileChannel channel =
            context.channel(reader.descriptor, component, context.manifest().sizeOf(component))) {
          assertOfTheDisk(channel, table.file(component.name()));
        }
        streamed.add(component.name());
      }
    } finally {
      reader.selfRef().release();
    }
    assertThat(streamed)
        .contains(
            "Encryption.db",
            "Data.db",
            "Partitions.db",
            "Rows.db",
            "Filter.db",
            "Statistics.db",
            "CompressionInfo.db");
  }

  /** Files of storage-attached indexes are streamed with their SSTable. */
  @Test
  void so_is_every_file_of_an_index() throws Exception {
    OfflineTable table = table();
    table.write(10, OfflineTable.ebti());
    SSTableReader reader = table.open(table.file("Data.db"));
    try {
      Descriptor descriptor = reader.descriptor;
      for (String name : Set.of("SAI+aa+GroupMeta.db", "SAI+aa+by_v+TermsData.db")) {
        Component component = Components.Types.CUSTOM.createComponent(name);
        try (FileChannel written = descriptor.fileFor(component).newReadWriteChannel()) {
          assertThat(written.write(ByteBuffer.wrap(new byte[5000]))).isEqualTo(5000);
        }
        try (FileChannel channel = descriptor.fileFor(component).newReadChannel()) {
          assertOfTheDisk(channel, table.file(name));
          assertThat(channel.size()).as("sealed").isGreaterThan(5000);
        }
      }
    } finally {
      reader.selfRef().release();
    }
  }

  /**
   * A session that fails removes what has arrived, while the thread that received it is about to
   * mark it. Were that told as an FSError, disk_failure_policy would stop the receiver.
   */
  @Test
  void what_a_failed_session_has_removed_is_not_marked_and_no_failure_of_the_disk()
      throws Exception {
    OfflineTable table = table();
    table.write(10, OfflineTable.ebti());
    Descriptor received =
        EncryptedDescriptor.received(
            Descriptor.fromFile(new File(table.file("Data.db"))),
            TableMetadataRef.forOfflineTools(table.metadata()));
    List<Path> files = table.files();
    for (String first : List.of("Encryption.db", "Statistics.db")) {
      Files.delete(table.file(first));
      assertThatThrownBy(
              () ->
                  received
                      .getMetadataSerializer()
                      .mutate(received, "in a test", stats -> stats.mutateLevel(1)))
          .as("without " + first)
          .isInstanceOf(NoSuchFileException.class);
    }
    assertThat(table.files()).hasSize(files.size() - 2);
  }

  private static void assertOfTheDisk(FileChannel channel, Path file) throws IOException {
    assertThat(channel.getClass().getName()).as(file.toString()).isEqualTo(JDK_CHANNEL);
    ByteBuffer sent = ByteBuffer.allocate(Math.toIntExact(channel.size()));
    assertThat(channel.read(sent, 0)).isEqualTo(sent.capacity());
    assertThat(sent.array()).as(file.toString()).isEqualTo(Files.readAllBytes(file));
  }
}
