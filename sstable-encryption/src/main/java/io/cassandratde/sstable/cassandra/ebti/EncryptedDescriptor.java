package io.cassandratde.sstable.cassandra.ebti;

import java.nio.file.Path;
import java.util.Set;
import org.apache.cassandra.io.sstable.Component;
import org.apache.cassandra.io.sstable.Descriptor;
import org.apache.cassandra.io.sstable.format.SSTableFormat.Components;
import org.apache.cassandra.io.sstable.metadata.IMetadataSerializer;
import org.apache.cassandra.io.util.File;
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
    return new EncryptedDescriptor(descriptor, keysOf(descriptor, table));
  }

  private static ComponentKeys keysOf(Descriptor descriptor, @Nullable TableMetadataRef table) {
    Path carrier = Path.of(descriptor.baseFile().path() + Component.separator + CARRIER);
    return new ComponentKeys(
        carrier,
        () -> {
          Protection protection = table == null ? null : Protection.of(table.getLocal());
          return protection == null ? null : protection.spec();
        });
  }

  /**
   * Names the files of an SSTable that another node sends, as they are on its disk and on this one.
   * Its Statistics.db alone is rewritten here, by its own keys.
   */
  public static Descriptor received(Descriptor descriptor, TableMetadataRef table) {
    return new Received(descriptor, keysOf(descriptor, table));
  }

  private static final class Received extends Descriptor {
    private final ComponentKeys keys;

    Received(Descriptor of, ComponentKeys keys) {
      super(of.version, of.directory, of.ksname, of.cfname, of.id);
      this.keys = keys;
    }

    @Override
    public IMetadataSerializer getMetadataSerializer() {
      return new BoundStatistics(keys);
    }
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
    return isRaw(component) ? file : new EncryptedFile(file.toPath(), component.name(), keys);
  }

  @Override
  public IMetadataSerializer getMetadataSerializer() {
    return new BoundStatistics(keys);
  }

  @Override
  public File tmpFileFor(Component component) {
    File file = super.tmpFileFor(component);
    return isRaw(component) ? file : new EncryptedFile(file.toPath(), component.name(), keys);
  }
}
