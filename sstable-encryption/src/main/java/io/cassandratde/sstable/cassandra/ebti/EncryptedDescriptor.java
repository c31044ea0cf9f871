package io.cassandratde.sstable.cassandra.ebti;

import java.nio.file.Path;
import java.util.Set;
import org.apache.cassandra.io.sstable.Component;
import org.apache.cassandra.io.sstable.Descriptor;
import org.apache.cassandra.io.sstable.format.SSTableFormat.Components;
import org.apache.cassandra.io.util.File;
import org.apache.cassandra.schema.TableMetadata;
import org.apache.cassandra.schema.TableMetadataRef;
import org.jspecify.annotations.Nullable;

/**
 * Names the files of an encrypted SSTable so that whoever opens them reads and writes plaintext.
 * Equal to the stock descriptor of the same SSTable.
 */
public final class EncryptedDescriptor extends Descriptor {

  /** The carrier's file. */
  public static final String CARRIER = "Encryption.db";

  /**
   * What stands on the disk as Cassandra writes it: Data.db and Statistics.db are sealed within,
   * the others hold no content.
   */
  private static final Set<Component> RAW =
      Set.of(
          Components.DATA,
          Components.STATS,
          Components.COMPRESSION_INFO,
          Components.DIGEST,
          Components.CRC,
          Components.TOC);

  private final ComponentKeys keys;

  private EncryptedDescriptor(Descriptor of, ComponentKeys keys) {
    super(of.version, of.directory, of.ksname, of.cfname, of.id);
    this.keys = keys;
  }

  /** The same SSTable, its files opened through encryption. */
  public static EncryptedDescriptor of(Descriptor descriptor, @Nullable TableMetadataRef table) {
    if (descriptor instanceof EncryptedDescriptor encrypted) {
      return encrypted;
    }
    TableMetadata metadata = table == null ? null : table.getLocal();
    Protection protection = metadata == null ? null : Protection.of(metadata);
    Path carrier = Path.of(descriptor.baseFile().path() + Component.separator + CARRIER);
    return new EncryptedDescriptor(
        descriptor, new ComponentKeys(carrier, protection == null ? null : protection.spec()));
  }

  ComponentKeys keys() {
    return keys;
  }

  /** Names the same files as they are on disk. */
  public Descriptor onDisk() {
    return new Descriptor(version, directory, ksname, cfname, id);
  }

  private static boolean isRaw(Component component) {
    return RAW.contains(component) || component.name().equals(CARRIER);
  }

  @Override
  public File fileFor(Component component) {
    File file = super.fileFor(component);
    if (component.equals(Components.STATS)) {
      return new StatisticsOfSSTable(file, keys);
    }
    return isRaw(component) ? file : new EncryptedFile(file.toPath(), component.name(), keys);
  }

  @Override
  public File tmpFileFor(Component component) {
    File file = super.tmpFileFor(component);
    return isRaw(component) ? file : new EncryptedFile(file.toPath(), component.name(), keys);
  }

  /** Tells the serializers of its parts whose it is, in the moment in which it is opened. */
  private static final class StatisticsOfSSTable extends File {
    private final ComponentKeys keys;

    StatisticsOfSSTable(File file, ComponentKeys keys) {
      super(file.toPath());
      this.keys = keys;
    }

    @Override
    public Path toPath() {
      SealedStatistics.expect(keys);
      return super.toPath();
    }
  }
}
