package io.cassandratde.sstable.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.sstable.cassandra.ebti.EncryptedDescriptor;
import io.cassandratde.sstable.format.TestKeys;
import io.cassandratde.sstable.format.carrier.Carrier;
import io.cassandratde.sstable.format.carrier.CarrierFile;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.cassandra.io.sstable.Component;
import org.apache.cassandra.io.sstable.Descriptor;
import org.apache.cassandra.io.sstable.format.SSTableFormat.Components.Types;
import org.apache.cassandra.io.sstable.format.SSTableReader;
import org.apache.cassandra.io.util.File;
import org.apache.cassandra.schema.TableMetadataRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots of an SSTable whose carrier grows meanwhile, as indexes are built under new keys. */
class EbtiLinksTest {

  private static final int SNAPSHOTS = 150;
  private static final int JOINED = 12;
  private static final int KEY_ID_AT = 40;

  private final Path root;
  private final TestRuntime runtime = new TestRuntime(TestKeys.corretto());

  EbtiLinksTest(@TempDir Path root) {
    this.root = root;
  }

  @AfterEach
  void close() {
    runtime.close();
  }

  private static Component joined(int number) {
    return Types.CUSTOM.createComponent("Joined" + number + ".db");
  }

  /** A file of its own under the key that is current now. */
  private void join(EncryptedDescriptor descriptor, int number) throws Exception {
    runtime.rotate();
    File file = descriptor.tmpFileFor(joined(number));
    try (OutputStream out = file.newOutputStream(File.WriteMode.OVERWRITE)) {
      out.write(new byte[] {(byte) number});
    }
    Files.move(
        Path.of(file.path()),
        Path.of(descriptor.fileFor(joined(number)).path()),
        StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void every_file_of_a_snapshot_is_under_a_key_of_its_carrier() throws Exception {
    OfflineTable table = new OfflineTable(root, "EncryptingLZ4Compressor", TestRuntime.OPTIONS);
    table.write(10, OfflineTable.ebti());
    SSTableReader reader =
        SSTableReader.openNoValidation(
            null,
            Descriptor.fromFile(new File(table.file("Data.db"))),
            TableMetadataRef.forOfflineTools(table.metadata()));
    EncryptedDescriptor descriptor = (EncryptedDescriptor) reader.descriptor;
    List<Component> components = new ArrayList<>();
    for (int number = 0; number < JOINED; number++) {
      components.add(joined(number));
    }
    reader.registerComponents(components, null); // the tracker is told of files that are there
    for (int number = 0; number < JOINED; number++) {
      join(descriptor, number);
    }
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger writes = new AtomicInteger();
    CompletableFuture<Void> builder =
        CompletableFuture.runAsync(
            () -> {
              while (!stop.get() && writes.get() < 900) {
                try {
                  join(descriptor, writes.getAndIncrement() % JOINED);
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              }
            });
    try {
      for (int i = 0; i < SNAPSHOTS && !builder.isDone(); i++) {
        Path snapshot = Files.createDirectories(root.resolve("snapshot" + i));
        reader.createLinks(snapshot.toString());
        verify(snapshot);
      }
    } finally {
      stop.set(true);
      builder.join();
      reader.selfRef().release();
    }
    assertThat(writes).hasPositiveValue();
    assertThat(read(descriptor, 3)).isEqualTo(3);
  }

  private static int read(EncryptedDescriptor descriptor, int number) throws Exception {
    try (InputStream in = descriptor.fileFor(joined(number)).newInputStream()) {
      return in.read();
    }
  }

  private static void verify(Path snapshot) throws Exception {
    Carrier carrier = null;
    Map<Path, Integer> named = new java.util.HashMap<>();
    try (Stream<Path> files = Files.list(snapshot)) {
      for (Path file : files.toList()) {
        if (file.toString().endsWith("Encryption.db")) {
          carrier = CarrierFile.read(file);
        } else if (file.toString().contains("Joined") && Files.size(file) >= KEY_ID_AT + 2) {
          byte[] head = Files.readAllBytes(file);
          named.put(file, (int) ByteBuffer.wrap(head).getShort(KEY_ID_AT));
        }
      }
    }
    if (carrier == null) {
      throw new AssertionError("no carrier among the links");
    }
    for (Map.Entry<Path, Integer> file : named.entrySet()) {
      assertThat(carrier.row(file.getValue()))
          .as("data key %d of %s in %s", file.getValue(), file.getKey(), carrier)
          .isNotNull();
    }
  }
}
