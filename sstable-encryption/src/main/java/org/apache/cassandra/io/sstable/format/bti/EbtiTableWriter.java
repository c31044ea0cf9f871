package org.apache.cassandra.io.sstable.format.bti;

import io.cassandratde.sstable.cassandra.ebti.EncryptedDescriptor;
import io.cassandratde.sstable.cassandra.ebti.NewSSTable;
import java.util.Collection;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.cassandra.db.compaction.OperationType;
import org.apache.cassandra.db.lifecycle.LifecycleNewTracker;
import org.apache.cassandra.index.Index;
import org.apache.cassandra.io.sstable.Component;
import org.apache.cassandra.io.sstable.Descriptor;
import org.apache.cassandra.io.sstable.IOOptions;
import org.apache.cassandra.io.sstable.SSTable;
import org.apache.cassandra.io.sstable.SSTableZeroCopyWriter;
import org.apache.cassandra.io.sstable.format.SSTableFormat.Components;
import org.apache.cassandra.io.sstable.format.SSTableReader;
import org.apache.cassandra.io.sstable.format.SSTableWriter;
import org.apache.cassandra.io.sstable.format.SortedTableWriter;
import org.apache.cassandra.io.util.MmappedRegionsCache;
import org.apache.cassandra.io.util.SequentialWriter;
import org.apache.cassandra.utils.FBUtilities;
import org.apache.cassandra.utils.Throwables;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** The stock writer, over files that are written in clear and sealed below it. */
@NullMarked
final class EbtiTableWriter extends BtiTableWriter {

  private final NewSSTable sstable;

  EbtiTableWriter(
      BtiTableWriter.Builder builder,
      NewSSTable sstable,
      LifecycleNewTracker tracker,
      SSTable.@Nullable Owner owner) {
    super(builder, tracker, owner);
    this.sstable = sstable;
  }

  /**
   * Wraps what is sealed by the key that is current when the SSTable becomes live, before the
   * statistics are sealed, and wipes its keys in the end.
   */
  @Override
  protected SSTableWriter.TransactionalProxy txnProxy() {
    return new SortedTableWriter<?, ?>.TransactionalProxy(
        () -> FBUtilities.immutableListWithFilteredNulls(indexWriter, dataWriter)) {
      @Override
      protected void doPrepare() {
        sstable.prepare();
        super.doPrepare();
        sstable.prepared();
      }

      @Override
      protected Throwable doPostCleanup(@Nullable Throwable accumulate) {
        Throwable failure = super.doPostCleanup(accumulate);
        return Throwables.perform(failure, sstable::finished);
      }
    };
  }

  @Override
  public void openEarly(Consumer<SSTableReader> whenReady) {
    super.openEarly(reader -> whenReady.accept(EbtiTableReader.of((BtiTableReader) reader)));
  }

  @Override
  protected SSTableReader openFinal(SSTableReader.OpenReason reason) {
    return EbtiTableReader.of((BtiTableReader) super.openFinal(reason));
  }

  /** Makes writers of this class. */
  static final class Builder extends BtiTableWriter.Builder {

    private final EncryptedDescriptor encrypted;
    private @Nullable NewSSTable sstable;
    private @Nullable MmappedRegionsCache mappedRegions;
    private @Nullable OperationType operation;

    Builder(Descriptor descriptor) {
      this(EncryptedDescriptor.of(descriptor, null));
    }

    private Builder(EncryptedDescriptor encrypted) {
      super(encrypted);
      this.encrypted = encrypted;
    }

    private NewSSTable sstable() {
      NewSSTable there = sstable;
      if (there == null) {
        there = NewSSTable.of(encrypted, getTableMetadataRef().getLocal());
        sstable = there;
      }
      return there;
    }

    @Override
    public BtiTableWriter.Builder addDefaultComponents(Collection<Index.Group> indexGroups) {
      super.addDefaultComponents(indexGroups);
      Set<Component> components = new HashSet<>(getComponents());
      components.add(EbtiFormat.CARRIER);
      if (sstable().isProtected()) {
        components.remove(Components.CRC);
        components.add(Components.COMPRESSION_INFO);
      }
      setComponents(components);
      return this;
    }

    @Override
    public @Nullable IOOptions getIOOptions() {
      return EbtiFormat.unmapped(super.getIOOptions());
    }

    @Override
    public MmappedRegionsCache getMmappedRegionsCache() {
      return Objects.requireNonNull(mappedRegions, "asked for outside buildInternal");
    }

    @Override
    protected SequentialWriter openDataWriter() {
      IOOptions options = Objects.requireNonNull(getIOOptions());
      return sstable()
          .openDataWriter(
              options.writerOptions,
              getMetadataCollector(),
              Objects.requireNonNull(operation, "asked for outside buildInternal"),
              options.flushCompression);
    }

    @Override
    protected BtiTableWriter buildInternal(
        LifecycleNewTracker tracker, SSTable.@Nullable Owner owner) {
      MmappedRegionsCache regions = new MmappedRegionsCache();
      mappedRegions = regions;
      operation = tracker.opType();
      try {
        return new EbtiTableWriter(
            this, sstable(), new CarrierTracker(tracker, sstable()::begin), owner);
      } catch (RuntimeException | Error e) {
        sstable().finished();
        Throwables.closeAndAddSuppressed(e, regions);
        throw e;
      } finally {
        mappedRegions = null;
        operation = null;
      }
    }

    /** What arrives is on the disk as it was at the sender. */
    @Override
    public SSTableZeroCopyWriter createZeroCopyWriter(
        LifecycleNewTracker tracker, SSTable.@Nullable Owner owner) {
      return new SSTableZeroCopyWriter(
          new SSTable.Builder<>(EncryptedDescriptor.received(encrypted, getTableMetadataRef()))
              .setComponents(getComponents())
              .setTableMetadataRef(getTableMetadataRef())
              .setIOOptions(getIOOptions())
              .setChunkCache(getChunkCache()),
          tracker,
          owner);
    }
  }

  /**
   * Writes the carrier as soon as the new SSTable is tracked: before that its writer asserts that
   * there is no file, and after it indexes begin theirs.
   */
  private record CarrierTracker(LifecycleNewTracker tracker, Runnable begin)
      implements LifecycleNewTracker {
    @Override
    public void trackNew(SSTable table) {
      tracker.trackNew(table);
      begin.run();
    }

    @Override
    public void untrackNew(SSTable table) {
      tracker.untrackNew(table);
    }

    @Override
    public OperationType opType() {
      return tracker.opType();
    }

    /** Storage-attached indexes find the memtable that is being flushed by its tracker. */
    @Override
    public boolean equals(@Nullable Object other) {
      return tracker.equals(other instanceof CarrierTracker wrapped ? wrapped.tracker : other);
    }

    @Override
    public int hashCode() {
      return tracker.hashCode();
    }
  }
}
