package io.cassandratde.sstable.cassandra.ebti;

import java.io.IOException;
import org.apache.cassandra.io.sstable.CorruptSSTableException;
import org.apache.cassandra.io.sstable.format.SSTableFormat.Components;
import org.apache.cassandra.io.util.FileHandle;

/**
 * The encrypted Data.db of an SSTable that is being opened: its index of chunks is authenticated
 * before Cassandra looks at it (docs/RULES.md R10), once however many handles are made. Closed when
 * they are.
 */
public final class BoundDataFile implements AutoCloseable {

  private final EncryptedDescriptor descriptor;
  private final BoundMetadata metadata;

  private BoundDataFile(EncryptedDescriptor descriptor, BoundMetadata metadata) {
    this.descriptor = descriptor;
    this.metadata = metadata;
  }

  /**
   * Reads and authenticates CompressionInfo.db.
   *
   * @throws CorruptSSTableException it is not what the SSTable's writer wrote
   */
  public static BoundDataFile open(EncryptedDescriptor descriptor) {
    try {
      return new BoundDataFile(descriptor, BoundMetadata.load(descriptor));
    } catch (IOException e) {
      throw new CorruptSSTableException(e, descriptor.fileFor(Components.COMPRESSION_INFO));
    }
  }

  /** Makes handles with the authenticated index, whichever Cassandra gives it. */
  public FileHandle.Builder handleBuilder() {
    return new FileHandle.Builder(descriptor.fileFor(Components.DATA)) {
      @Override
      public FileHandle complete() {
        withCompressionMetadata(metadata);
        return super.complete();
      }
    };
  }

  @Override
  public void close() {
    metadata.close();
  }
}
