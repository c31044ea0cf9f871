package io.cassandratde.sstable.cassandra.ebti;

import io.cassandratde.keys.KeyException;
import io.cassandratde.sstable.cassandra.KeyMissingError;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.cassandra.io.compress.CompressionMetadata;
import org.apache.cassandra.io.sstable.Component;
import org.apache.cassandra.io.sstable.CorruptSSTableException;
import org.apache.cassandra.schema.TableMetadata;

/** SSTables on disk, for the classes that stand in Cassandra's packages. */
public final class DataFiles {

  private DataFiles() {}

  /**
   * The carrier last: a file that joined the SSTable after it was copied or linked could name a
   * data key that the copy of the carrier does not have.
   */
  public static Set<Component> inLinkOrder(Set<Component> components) {
    Set<Component> ordered = new LinkedHashSet<>();
    components.stream().filter(c -> !isCarrier(c)).forEach(ordered::add);
    components.stream().filter(DataFiles::isCarrier).forEach(ordered::add);
    return ordered;
  }

  private static boolean isCarrier(Component component) {
    return component.name().equals(EncryptedDescriptor.CARRIER);
  }

  /** Whether an SSTable on disk is in clear. */
  public static boolean isPlain(EncryptedDescriptor descriptor) {
    try {
      return descriptor.keys().isPlain();
    } catch (IOException e) {
      throw new CorruptSSTableException(e, descriptor.baseFile());
    }
  }

  /** An open SSTable's index of chunks, as streams are to know it. */
  public static CompressionMetadata forStreams(
      CompressionMetadata metadata, EncryptedDescriptor descriptor) {
    if (metadata instanceof BoundMetadata bound) {
      try {
        bound.tell(descriptor.keys().carrier());
      } catch (IOException e) {
        throw new CorruptSSTableException(e, descriptor.baseFile());
      }
    }
    return metadata;
  }

  /**
   * What Cassandra's loader made of a failure, put right: a key that cannot be had is no
   * corruption. As an Error, which no reader takes for a damaged SSTable.
   */
  public static RuntimeException keyOrCorruption(CorruptSSTableException told) {
    for (Throwable cause = told; cause != null; cause = cause.getCause()) {
      if (cause instanceof KeyMissingError missing) {
        throw missing;
      }
      if (cause instanceof KeyException missing) {
        throw new KeyMissingError(
            "SSTable "
                + told.path
                + " is not opened, and is not damaged: its key cannot be had. "
                + missing.getMessage());
      }
    }
    return told;
  }

  /**
   * Refuses an SSTable in clear where {@code require_encrypted} says so.
   *
   * @throws PlaintextRefusedException naming table, file and remedy
   */
  public static void requireSealed(EncryptedDescriptor descriptor, TableMetadata table)
      throws IOException {
    PlaintextGuard.requireSealed(descriptor, table);
  }
}
