package io.cassandratde.sstable.cassandra.ebti;

import com.google.common.collect.MapMaker;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.sstable.format.carrier.SSTableUid;
import io.cassandratde.sstable.format.carrier.StatisticsFile;
import io.cassandratde.sstable.format.carrier.StatisticsFile.Part;
import io.cassandratde.sstable.format.carrier.StatisticsPart;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.apache.cassandra.io.sstable.format.Version;
import org.apache.cassandra.io.sstable.metadata.IMetadataComponentSerializer;
import org.apache.cassandra.io.sstable.metadata.MetadataComponent;
import org.apache.cassandra.io.sstable.metadata.MetadataType;
import org.apache.cassandra.io.sstable.metadata.StatsMetadata;
import org.apache.cassandra.io.util.DataInputBuffer;
import org.apache.cassandra.io.util.DataInputPlus;
import org.apache.cassandra.io.util.DataOutputBuffer;
import org.apache.cassandra.io.util.DataOutputPlus;

/**
 * Stands before one of Cassandra's own serializers of Statistics.db, for whoever opens one by a
 * descriptor of Cassandra's own: the importer, sstablemetadata, sstablerepairedset,
 * sstablelevelreset. Nothing there tells file or SSTable, so each part is opened by what it holds
 * and sealed again as what it was read as: part of the same SSTable, under the current key of the
 * same spec. What was read in clear is written in clear, and refused when the SSTable is opened if
 * it should be sealed. All others go through {@link BoundStatistics}.
 */
final class SealedStatistics implements IMetadataComponentSerializer<MetadataComponent> {

  private sealed interface Origin {}

  private record InClear() implements Origin {}

  private record Sealed(SSTableUid uid, KeySpec spec) implements Origin {}

  /** By what was read, compared by identity; forgotten with it. */
  private static final Map<Object, Origin> ORIGINS = new MapMaker().weakKeys().makeMap();

  /** Parts whose length was asked for, until they are written: the current key could change. */
  private static final Map<Object, byte[]> ANNOUNCED = new MapMaker().weakKeys().makeMap();

  private final IMetadataComponentSerializer<MetadataComponent> stock;
  private final MetadataType type;

  SealedStatistics(IMetadataComponentSerializer<MetadataComponent> stock, MetadataType type) {
    this.stock = stock;
    this.type = type;
  }

  /** How the file numbers its parts (docs/FORMAT-EBTI.md). */
  static int number(MetadataType type) {
    return switch (type) {
      case VALIDATION -> 0;
      case COMPACTION -> 1;
      case STATS -> 2;
      case HEADER -> 3;
    };
  }

  static MetadataType type(int number) {
    return switch (number) {
      case 0 -> MetadataType.VALIDATION;
      case 1 -> MetadataType.COMPACTION;
      case 2 -> MetadataType.STATS;
      case 3 -> MetadataType.HEADER;
      default -> throw new IllegalArgumentException("no part of Statistics.db: " + number);
    };
  }

  /** What a part is bound to. */
  static String name(MetadataType type) {
    return "Statistics.db/" + type.name();
  }

  private static IMetadataComponentSerializer<MetadataComponent> stock(MetadataType type) {
    return type.serializer instanceof SealedStatistics sealed ? sealed.stock : type.serializer;
  }

  /** A part as Cassandra writes it. */
  static byte[] cassandras(Version version, MetadataComponent component) throws IOException {
    IMetadataComponentSerializer<MetadataComponent> stock = stock(component.getType());
    try (DataOutputBuffer buffer = new DataOutputBuffer()) {
      stock.serialize(version, component, buffer);
      // Some of Cassandra's serializers announce more than they write, and its file has zeros
      // there.
      byte[] written = buffer.toByteArray();
      return Arrays.copyOf(
          written, Math.max(written.length, stock.serializedSize(version, component)));
    }
  }

  static MetadataComponent read(Version version, MetadataType type, byte[] cassandras)
      throws IOException {
    try (DataInputBuffer buffer = new DataInputBuffer(cassandras)) {
      return stock(type).deserialize(version, buffer);
    }
  }

  private static boolean isOurs(Version version) {
    return version.format.name().equals(CassandraInternals.FORMAT);
  }

  /**
   * What stays the same object from reading to writing: the part, or, as Cassandra changes
   * statistics in a copy, a histogram that all copies share.
   */
  private static Object identity(MetadataComponent component) {
    return component instanceof StatsMetadata stats ? stats.estimatedPartitionSize : component;
  }

  private byte[] encode(Version version, MetadataComponent component) throws IOException {
    Origin origin = ORIGINS.get(identity(component));
    byte[] plain = cassandras(version, component);
    if (origin instanceof Sealed sealed) {
      return StatisticsFile.sealed(
          EbtiRuntime.get().sealPart(sealed.uid(), name(type), sealed.spec(), plain));
    }
    if (origin == null) {
      throw new IOException(
          "nothing tells whose Statistics.db is written here, so it cannot be sealed; please report"
              + " this with the stack trace");
    }
    return StatisticsFile.inClear(plain);
  }

  @Override
  public int serializedSize(Version version, MetadataComponent component) throws IOException {
    if (!isOurs(version)) {
      return stock.serializedSize(version, component);
    }
    byte[] encoded = encode(version, component);
    ANNOUNCED.put(component, encoded);
    return encoded.length;
  }

  @Override
  public void serialize(Version version, MetadataComponent component, DataOutputPlus out)
      throws IOException {
    if (!isOurs(version)) {
      stock.serialize(version, component, out);
      return;
    }
    byte[] announced = ANNOUNCED.remove(component);
    out.write(announced == null ? encode(version, component) : announced);
  }

  @Override
  public MetadataComponent deserialize(Version version, DataInputPlus in) throws IOException {
    if (!isOurs(version)) {
      return stock.deserialize(version, in);
    }
    if (!(in instanceof DataInputBuffer buffer)) {
      throw new IOException(name(type) + " is read from " + in.getClass() + ", not from memory");
    }
    byte[] bytes = new byte[buffer.available()];
    buffer.readFully(bytes);
    Part part = StatisticsFile.part(number(type), bytes);
    if (!part.isSealed()) {
      MetadataComponent read = read(version, type, part.inClear());
      ORIGINS.put(identity(read), new InClear());
      return read;
    }
    StatisticsPart sealed = part.sealed();
    StatisticsPart.Opened opened = EbtiRuntime.get().openPart(sealed, name(type), null);
    MetadataComponent read = read(version, type, opened.plain());
    ORIGINS.put(identity(read), new Sealed(sealed.uid(), opened.spec()));
    return read;
  }
}
