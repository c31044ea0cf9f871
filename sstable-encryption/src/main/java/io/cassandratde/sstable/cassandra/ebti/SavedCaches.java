package io.cassandratde.sstable.cassandra.ebti;

import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.cache.Patience;
import io.cassandratde.keys.runtime.TdeRuntime;
import io.cassandratde.sstable.cassandra.TableDefinitions;
import io.cassandratde.sstable.cassandra.TableGuard;
import io.cassandratde.sstable.format.carrier.CarrierFile;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.cassandra.cache.AutoSavingCache;
import org.apache.cassandra.config.DatabaseDescriptor;
import org.apache.cassandra.io.util.ChecksummedRandomAccessReader;
import org.apache.cassandra.io.util.ChecksummedSequentialWriter;
import org.apache.cassandra.io.util.DataInputPlus.DataInputStreamPlus;
import org.apache.cassandra.io.util.DataOutputStreamPlus;
import org.apache.cassandra.io.util.File;
import org.apache.cassandra.io.util.RandomAccessReader;
import org.apache.cassandra.io.util.SequentialWriter;
import org.apache.cassandra.io.util.SequentialWriterOption;
import org.apache.cassandra.io.util.WrappedDataOutputStreamPlus;
import org.apache.cassandra.schema.TableMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saved key, row and counter caches, which name partition keys of all tables: where any table of
 * the node is protected they are page files under the key of {@code default_key}, or not written.
 *
 * <p>A page file needs no checksums, so its carrier stands where they would: Cassandra moves and
 * deletes the two together.
 */
public final class SavedCaches implements AutoSavingCache.IStreamFactory {

  private static final Logger logger = LoggerFactory.getLogger(SavedCaches.class);

  private final AtomicBoolean saidWhyNot = new AtomicBoolean();

  private SavedCaches() {}

  /** In a daemon, from now on. */
  public static void protect() {
    if (DatabaseDescriptor.isDaemonInitialized()) {
      AutoSavingCache.setStreamFactory(new SavedCaches());
    }
  }

  @Override
  public DataOutputStreamPlus getOutputStream(File data, File checksums) {
    SequentialWriterOption options =
        SequentialWriterOption.newBuilder()
            .trickleFsync(DatabaseDescriptor.getTrickleFsync())
            .trickleFsyncByteInterval(DatabaseDescriptor.getTrickleFsyncIntervalInKiB() * 1024)
            .finishOnClose(true)
            .build();
    if (!isAnyTableProtected()) {
      return new ChecksummedSequentialWriter(data, checksums, null, options);
    }
    try {
      KeySpec spec = TdeRuntime.get().config().policy().defaultKey();
      if (spec == null) {
        throw new IllegalStateException("no default_key says which key is to seal them");
      }
      return sealed(data, checksums, spec, options);
    } catch (KeyException | IllegalStateException e) {
      return notWritten(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static SequentialWriter sealed(
      File data, File checksums, KeySpec spec, SequentialWriterOption options) throws IOException {
    // A cache is not worth a wait for a key.
    var unused = EbtiRuntime.get().codec().runtime().keys().current(spec).get(Patience.FAIL);
    Files.deleteIfExists(checksums.toPath()); // empty: it only keeps the name
    ComponentKeys keys = new ComponentKeys(checksums.toPath(), () -> spec);
    keys.begin(spec);
    try {
      return new SequentialWriter(new EncryptedFile(data.toPath(), component(data), keys), options);
    } finally {
      keys.finished(); // an open file has a key of its own
    }
  }

  private DataOutputStreamPlus notWritten(String why) {
    if (!saidWhyNot.getAndSet(true)) {
      logger.warn(
          "Tables are encrypted, and saved key, row and counter caches name their partition keys, so"
              + " no cache is saved: {}. Caches are cold after a restart",
          why);
    }
    return new WrappedDataOutputStreamPlus(OutputStream.nullOutputStream());
  }

  @Override
  public DataInputStreamPlus getInputStream(File data, File checksums) throws IOException {
    if (Files.size(data.toPath()) == 0) {
      throw new EOFException("it was not saved");
    }
    if (CarrierFile.begins(checksums.toPath())) {
      return opened(data, checksums);
    }
    if (isAnyTableProtected()) {
      Files.delete(data.toPath());
      throw new IOException("it was saved in clear, and tables are encrypted now: deleted");
    }
    return ChecksummedRandomAccessReader.open(data, checksums);
  }

  static RandomAccessReader opened(File data, File checksums) {
    ComponentKeys keys = new ComponentKeys(checksums.toPath(), () -> null);
    Path plain = data.toPath();
    return RandomAccessReader.open(
        EncryptedDirectory.leaf(
            plain,
            options ->
                EbtiRuntime.get()
                    .pages()
                    .read(
                        plain,
                        component(data),
                        keys::keysWith,
                        damage -> EncryptedDirectory.damaged(plain, damage))));
  }

  /** The kind of cache, of temporary files too: {@code KeyCache} of {@code KeyCache-g.db…}. */
  private static String component(File data) {
    String name = data.name();
    int end = name.indexOf('-');
    return end < 0 ? name : name.substring(0, end);
  }

  private static boolean isAnyTableProtected() {
    AtomicBoolean found = new AtomicBoolean();
    TableDefinitions.forEach(
        table -> found.compareAndSet(false, !found.get() && isProtected(table)));
    return found.get();
  }

  private static boolean isProtected(TableMetadata table) {
    if (TableGuard.encryptingCompressor(table) != null) {
      return true;
    }
    try {
      return Protection.of(table) != null;
    } catch (KeyException noConfiguration) {
      return false; // so no policy either
    }
  }
}
