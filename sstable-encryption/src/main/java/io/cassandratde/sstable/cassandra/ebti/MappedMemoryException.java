package io.cassandratde.sstable.cassandra.ebti;

/**
 * An index file does not fit into {@code mapped_index_memory}. Unchecked, as neither the disk nor
 * the file is at fault: Cassandra takes storage-attached indexes that cannot be opened for
 * non-queryable, and goes on.
 */
public final class MappedMemoryException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  MappedMemoryException(String file, long bytes, long used, long limit) {
    super(
        file
            + " is not opened: an encrypted index file is held in memory in clear, and its "
            + bytes
            + " bytes do not fit beside the "
            + used
            + " in use within mapped_index_memory ("
            + limit
            + "). The index cannot be queried on this node; raise mapped_index_memory in tde.yaml,"
            + " restart, and rebuild the index (nodetool rebuild_index)");
  }
}
