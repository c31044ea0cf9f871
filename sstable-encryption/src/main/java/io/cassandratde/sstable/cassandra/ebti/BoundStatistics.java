package io.cassandratde.sstable.cassandra.ebti;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.sstable.format.carrier.SSTableUid;
import io.cassandratde.sstable.format.carrier.StatisticsFile;
import io.cassandratde.sstable.format.carrier.StatisticsFile.Part;
import io.cassandratde.sstable.format.carrier.StatisticsPart;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.cassandra.io.sstable.Component;
import org.apache.cassandra.io.sstable.CorruptSSTableException;
import org.apache.cassandra.io.sstable.Descriptor;
import org.apache.cassandra.io.sstable.format.SSTableFormat.Components;
import org.apache.cassandra.io.sstable.format.Version;
import org.apache.cassandra.io.sstable.metadata.MetadataComponent;
import org.apache.cassandra.io.sstable.metadata.MetadataSerializer;
import org.apache.cassandra.io.sstable.metadata.MetadataType;
import org.apache.cassandra.io.util.DataOutputPlus;
import org.apache.cassandra.io.util.File;
import org.apache.cassandra.io.util.FileDataInput;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the Statistics.db of one SSTable, and nothing else: all parts must be of this
 * SSTable and in the form that its carrier says, and are sealed under the current key whenever they
 * are written (docs/RULES.md R5, R12).
 */
final class BoundStatistics extends MetadataSerializer {

  private final ComponentKeys keys;

  /** As the parts say that were read last, for a table whose spec is not known. */
  private @Nullable KeySpec readSpec;

  BoundStatistics(ComponentKeys keys) {
    this.keys = keys;
  }

  @Override
  public void serialize(
      Map<MetadataType, MetadataComponent> components, DataOutputPlus out, Version version)
      throws IOException {
    List<Part> parts = new ArrayList<>();
    KeySpec spec = keys.spec() == null ? readSpec : keys.spec();
    for (MetadataComponent component : new EnumMap<>(components).values()) {
      MetadataType type = component.getType();
      byte[] plain = SealedStatistics.cassandras(version, component);
      if (keys.isPlain()) {
        parts.add(Part.inClear(SealedStatistics.number(type), plain));
      } else if (spec == null) {
        throw new IOException(
            "nothing tells under which key Statistics.db of SSTable "
                + keys.uid()
                + " is to be sealed");
      } else {
        byte[] sealed =
            EbtiRuntime.get().sealPart(keys.uid(), SealedStatistics.name(type), spec, plain);
        parts.add(Part.sealed(SealedStatistics.number(type), sealed));
      }
    }
    out.write(StatisticsFile.encode(parts));
  }

  /**
   * Refuses an SSTable that is gone, before anything is written. A streaming session that fails
   * takes its files away while the thread that received them may be about to mark them as repaired.
   * Cassandra then goes on with statistics of its own making, and would take the missing carrier
   * for a failure of the disk, by which disk_failure_policy stops the node.
   */
  @Override
  public void rewriteSSTableMetadata(
      Descriptor descriptor, Map<MetadataType, MetadataComponent> components) throws IOException {
    File statistics = descriptor.fileFor(Components.STATS);
    if (!statistics.exists()) {
      throw new NoSuchFileException(
          statistics.path(), null, "the SSTable was removed before its statistics were changed");
    }
    do {
      super.rewriteSSTableMetadata(descriptor, components);
    } while (needsFenced(statistics.toPath()));
  }

  /** See {@link ComponentKeys#leaveFenced}. */
  private static boolean needsFenced(Path file) throws IOException {
    Predicate<KeyReference> fenced = EbtiRuntime.get().fenced();
    if (fenced != null) {
      for (Part part : StatisticsFile.read(file)) {
        if (part.isSealed() && fenced.test(part.sealed().wrappedBy())) {
          return true;
        }
      }
    }
    return false;
  }

  @Override
  public Map<MetadataType, MetadataComponent> deserialize(
      Descriptor descriptor, FileDataInput in, EnumSet<MetadataType> types) throws IOException {
    byte[] bytes = new byte[Math.toIntExact(in.bytesRemaining())];
    in.readFully(bytes);
    try {
      return deserialize(descriptor.version, StatisticsFile.parse(bytes), types);
    } catch (NoSuchFileException e) {
      throw e; // the carrier went meanwhile; whoever opens an SSTable says that it is corrupt
    } catch (IOException e) {
      throw new CorruptSSTableException(e, descriptor.fileFor(Components.STATS));
    }
  }

  private Map<MetadataType, MetadataComponent> deserialize(
      Version version, List<Part> parts, EnumSet<MetadataType> types) throws IOException {
    Map<MetadataType, MetadataComponent> read = new EnumMap<>(MetadataType.class);
    boolean plain = keys.isPlain();
    for (Part part : parts) {
      MetadataType type = SealedStatistics.type(part.type());
      String name = SealedStatistics.name(type);
      if (part.isSealed() == plain) {
        throw new IOException(
            name
                + (plain
                    ? " is sealed in an SSTable in clear"
                    : " stands in clear in an encrypted SSTable")
                + ": it was changed");
      }
      if (plain) {
        if (types.contains(type)) {
          read.put(type, SealedStatistics.read(version, type, part.inClear()));
        }
        continue;
      }
      StatisticsPart sealed = part.sealed();
      if (!sealed.uid().equals(keys.uid())) {
        throw new IOException(
            name + " belongs to SSTable " + sealed.uid() + ", and its carrier to " + keys.uid());
      }
      if (types.contains(type)) {
        StatisticsPart.Opened opened =
            EbtiRuntime.get().openPart(sealed, name, keys.spec(), keys.fences());
        readSpec = opened.spec();
        read.put(type, SealedStatistics.read(version, type, opened.plain()));
      }
    }
    return read;
  }

  /**
   * Seals the parts anew, as they are, whose data keys are wrapped by certain keys; what Cassandra
   * wrote in them stays. A part holds its wrapped key within what its tag covers, so that one
   * cannot be exchanged alone.
   *
   * @return whether there was any
   * @throws IOException it is damaged, or was not read back as it was written
   */
  static boolean replaceKeys(
      Path carrierFile,
      ComponentKeys keys,
      Predicate<KeyReference> old,
      DataKey current,
      KeySpec spec)
      throws IOException {
    Path file = beside(carrierFile);
    SSTableUid uid = keys.uid();
    List<Part> before = StatisticsFile.read(file);
    List<Part> after = new ArrayList<>();
    boolean changes = false;
    for (Part part : before) {
      boolean changed = old.test(sealedPart(file, uid, part).wrappedBy());
      changes |= changed;
      String name = SealedStatistics.name(SealedStatistics.type(part.type()));
      after.add(
          changed
              ? Part.sealed(
                  part.type(),
                  EbtiRuntime.get().sealPart(uid, name, spec, plain(file, keys, part), current))
              : part);
    }
    if (changes) {
      requireSame(file, keys, before, after);
      StatisticsFile.replace(file, after);
      requireSame(file, keys, before, StatisticsFile.read(file));
    }
    return changes;
  }

  private static StatisticsPart sealedPart(Path file, SSTableUid uid, Part part)
      throws IOException {
    if (!part.isSealed() || !part.sealed().uid().equals(uid)) {
      throw new IOException(file + " is in clear or belongs to another SSTable: it was changed");
    }
    return part.sealed();
  }

  private static byte[] plain(Path file, ComponentKeys keys, Part part) throws IOException {
    String name = SealedStatistics.name(SealedStatistics.type(part.type()));
    return EbtiRuntime.get()
        .openPart(sealedPart(file, keys.uid(), part), name, keys.spec(), keys.fences())
        .plain();
  }

  /** The canary: all parts open to the same. */
  private static void requireSame(
      Path file, ComponentKeys keys, List<Part> before, List<Part> after) throws IOException {
    boolean same = before.size() == after.size();
    for (int i = 0; same && i < before.size(); i++) {
      same =
          before.get(i).type() == after.get(i).type()
              && Arrays.equals(plain(file, keys, before.get(i)), plain(file, keys, after.get(i)));
    }
    if (!same) {
      throw new IOException(file + " does not open to what was in it before");
    }
  }

  private static Path beside(Path carrierFile) {
    String name = String.valueOf(carrierFile.getFileName());
    int end = name.lastIndexOf(Component.separator) + 1;
    return carrierFile.resolveSibling(name.substring(0, end) + Components.STATS.name());
  }

  /**
   * The key spec that the Statistics.db beside this carrier was sealed for.
   *
   * @throws IOException it is in clear, or damaged
   */
  static KeySpec specOf(Path carrierFile) throws IOException {
    Path file = beside(carrierFile);
    for (Part part : StatisticsFile.read(file)) {
      String what = SealedStatistics.name(SealedStatistics.type(part.type()));
      return EbtiRuntime.get().openPart(part.sealed(), what, null).spec();
    }
    throw new IOException(file + " has no parts");
  }
}
