package org.apache.cassandra.io.sstable.format.bti;

import com.google.common.collect.ImmutableSet;
import io.cassandratde.sstable.cassandra.LateOpening;
import io.cassandratde.sstable.cassandra.ebti.CassandraInternals;
import io.cassandratde.sstable.cassandra.ebti.DataFiles;
import io.cassandratde.sstable.cassandra.ebti.EncryptedDescriptor;
import io.cassandratde.sstable.cassandra.ebti.FormatSelection;
import io.cassandratde.sstable.cassandra.ebti.SavedCaches;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.apache.cassandra.config.Config;
import org.apache.cassandra.db.DecoratedKey;
import org.apache.cassandra.dht.IPartitioner;
import org.apache.cassandra.io.sstable.Component;
import org.apache.cassandra.io.sstable.Descriptor;
import org.apache.cassandra.io.sstable.IOOptions;
import org.apache.cassandra.io.sstable.SSTable;
import org.apache.cassandra.io.sstable.format.SSTableFormat;
import org.apache.cassandra.io.sstable.format.SSTableReader;
import org.apache.cassandra.io.sstable.format.SSTableReaderLoadingBuilder;
import org.apache.cassandra.schema.TableMetadataRef;
import org.apache.cassandra.utils.Pair;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * Cassandra's trie-indexed format with every component sealed: {@code sstable: {selected_format:
 * ebti}}. SSTables of tables that nothing protects are written in clear, with a carrier that says
 * so.
 */
@NullMarked
public final class EbtiFormat extends BtiFormat {

  /** The carrier (docs/RULES.md R7). */
  @SuppressWarnings({"unchecked", "rawtypes"}) // the class of a generic type has no generic type
  private static final Component.Type CARRIER_TYPE =
      Component.Type.createSingleton(
          "ENCRYPTION", EncryptedDescriptor.CARRIER, true, (Class) EbtiFormat.class);

  static final Component CARRIER = CARRIER_TYPE.getSingleton();

  private static final BtiTableReaderFactory READERS = new Readers();
  private static final BtiTableWriterFactory WRITERS = new Writers();

  public EbtiFormat(Map<String, String> options) {
    super(options);
    CassandraInternals.requireShape();
    FormatSelection.check();
    CassandraInternals.rename(this);
    CassandraInternals.sealStatistics();
    SavedCaches.protect();
    LateOpening.begin();
  }

  /** Found by ServiceLoader. */
  public static final class Factory implements SSTableFormat.Factory {
    @Override
    public String name() {
      return CassandraInternals.FORMAT;
    }

    @Override
    public SSTableFormat<?, ?> getInstance(Map<String, String> options) {
      return new EbtiFormat(options);
    }
  }

  private static Set<Component> withCarrier(Set<Component> components) {
    return ImmutableSet.<Component>builder().add(CARRIER).addAll(components).build();
  }

  /**
   * Index files are read, not mapped: mapped memory would hold their plaintext twice, in the page
   * cache's stead and outside its control.
   */
  static @Nullable IOOptions unmapped(@Nullable IOOptions options) {
    return options == null || options.indexDiskAccessMode == Config.DiskAccessMode.standard
        ? options
        : new IOOptions(
            options.diskOptimizationStrategy,
            options.defaultDiskAccessMode,
            Config.DiskAccessMode.standard,
            options.diskOptimizationEstimatePercentile,
            options.writerOptions,
            options.flushCompression);
  }

  @Override
  public Set<Component> primaryComponents() {
    return withCarrier(super.primaryComponents());
  }

  @Override
  public Set<Component> batchComponents() {
    return withCarrier(super.batchComponents());
  }

  @Override
  public Set<Component> uploadComponents() {
    return withCarrier(super.uploadComponents());
  }

  /** A stream links them in this order before it begins. */
  @Override
  public Set<Component> mutableComponents() {
    return DataFiles.inLinkOrder(withCarrier(super.mutableComponents()));
  }

  @Override
  public Set<Component> allComponents() {
    return withCarrier(super.allComponents());
  }

  @Override
  public BtiTableWriterFactory getWriterFactory() {
    return WRITERS;
  }

  @Override
  public BtiTableReaderFactory getReaderFactory() {
    return READERS;
  }

  private static final class Writers extends BtiTableWriterFactory {
    @Override
    public BtiTableWriter.Builder builder(Descriptor descriptor) {
      return new EbtiTableWriter.Builder(descriptor);
    }
  }

  private static final class Readers extends BtiTableReaderFactory {
    @Override
    public SSTableReader.Builder<BtiTableReader, BtiTableReader.Builder> builder(
        Descriptor descriptor) {
      return new EbtiTableReader.Builder(descriptor);
    }

    @Override
    public SSTableReaderLoadingBuilder<BtiTableReader, BtiTableReader.Builder> loadingBuilder(
        Descriptor descriptor, TableMetadataRef table, Set<Component> components) {
      return new EbtiTableReaderLoadingBuilder(
          new SSTable.Builder<>(EncryptedDescriptor.of(descriptor, table))
              .setTableMetadataRef(table)
              .setComponents(components)
              .setIOOptions(unmapped(IOOptions.fromDatabaseDescriptor())));
    }

    @Override
    public Pair<DecoratedKey, DecoratedKey> readKeyRange(
        Descriptor descriptor, IPartitioner partitioner) throws IOException {
      return super.readKeyRange(EncryptedDescriptor.of(descriptor, null), partitioner);
    }
  }
}
