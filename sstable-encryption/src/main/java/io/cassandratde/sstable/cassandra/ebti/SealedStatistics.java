package io.cassandratde.sstable.cassandra.ebti;

import io.cassandratde.sstable.format.carrier.CarriedBytes;
import io.cassandratde.sstable.format.carrier.Carrier;
import io.cassandratde.sstable.format.carrier.SSTableKeys;
import io.cassandratde.sstable.format.carrier.SSTableUid;
import java.io.IOException;
import java.util.Arrays;
import org.apache.cassandra.io.sstable.format.Version;
import org.apache.cassandra.io.sstable.metadata.IMetadataComponentSerializer;
import org.apache.cassandra.io.sstable.metadata.MetadataComponent;
import org.apache.cassandra.io.sstable.metadata.MetadataType;
import org.apache.cassandra.io.util.DataInputBuffer;
import org.apache.cassandra.io.util.DataInputPlus;
import org.apache.cassandra.io.util.DataOutputBuffer;
import org.apache.cassandra.io.util.DataOutputPlus;
import org.jspecify.annotations.Nullable;

/**
 * Seals each part of Statistics.db by itself, in the place of Cassandra's own serializer. The file
 * keeps its stock frame, because Cassandra reads and rewrites it in places that know nothing of
 * encrypted files (import, offline tools); so each part carries what opens it.
 *
 * <p>A serializer is told neither file nor SSTable. Which keys seal is known on the thread: those
 * of the descriptor whose Statistics.db was opened last ({@link #expect}), or of the part that was
 * opened last, as rewriting begins with reading. That a Statistics.db belongs to its SSTable is
 * checked when the SSTable is opened ({@link DataFiles#verifyStatistics}).
 *
 * <pre>
 * in clear: 0 | Cassandra's bytes        sealed: 1 | length 4 | {@link CarriedBytes}
 * </pre>
 */
final class SealedStatistics implements IMetadataComponentSerializer<MetadataComponent> {

  private static final ThreadLocal<Context> CONTEXT = ThreadLocal.withInitial(Context::new);
  private static final int MAX_BYTES = 1 << 28;

  /** Whose Statistics.db this thread is at. */
  private static final class Context {
    private @Nullable ComponentKeys expected;

    /** Whether {@link #expected} was named for the file that is read next. */
    private boolean announced;

    private ComponentKeys.@Nullable Sealing sealing;
    private boolean plain;

    /** What the parts said that were read since the first one of a file. */
    private boolean readInClear;

    private @Nullable SSTableUid readOf;
    private boolean readOfSeveral;

    /** The part that was read last. */
    private @Nullable MetadataType last;

    /**
     * Cassandra reads parts in the order of their types, and all of them before it rewrites. A file
     * that nobody announced may be another copy of the SSTable that was, and is not that one: the
     * importer and tools name files by descriptors of Cassandra's own. Its carrier is within.
     */
    void reads(MetadataType part) {
      MetadataType before = last;
      if (announced || before == null || part.compareTo(before) <= 0) {
        forgetReads();
        expected = announced ? expected : null;
        announced = false;
      }
      last = part;
    }

    void forgetReads() {
      readInClear = false;
      readOf = null;
      readOfSeveral = false;
    }

    void read(@Nullable Carrier carrier) {
      if (carrier == null) {
        readInClear = true;
        return;
      }
      SSTableUid before = readOf;
      readOfSeveral |= before != null && !before.equals(carrier.uid());
      readOf = carrier.uid();
    }

    /** A rewrite must not make a forged part authentic, nor put sealed ones in clear. */
    void requireOneOrigin(boolean sealing) throws IOException {
      if (readOfSeveral || (readInClear && (sealing || readOf != null))) {
        throw new IOException(
            "the parts of this Statistics.db do not belong together: it was changed; nothing was"
                + " written");
      }
    }
  }

  private final IMetadataComponentSerializer<MetadataComponent> stock;
  private final MetadataType type;
  private final String part;

  SealedStatistics(IMetadataComponentSerializer<MetadataComponent> stock, String part) {
    this.stock = stock;
    this.type = MetadataType.valueOf(part);
    this.part = "Statistics.db/" + part;
  }

  /** The next parts that this thread reads or writes are of this SSTable. */
  static void expect(ComponentKeys keys) {
    Context context = CONTEXT.get();
    if (context.expected != keys) {
      context.forgetReads();
    }
    context.expected = keys;
    context.announced = true;
    context.sealing = null;
    context.plain = false;
  }

  private static boolean isOurs(Version version) {
    return version.format.name().equals(CassandraInternals.FORMAT);
  }

  /** The keys that seal; null: this SSTable is in clear. */
  private static ComponentKeys.@Nullable Sealing sealing() throws IOException {
    Context context = CONTEXT.get();
    ComponentKeys expected = context.expected;
    if (context.sealing == null && !context.plain) {
      if (expected == null) {
        throw new IOException(
            "nothing tells whose Statistics.db is written here, so it cannot be sealed; please report"
                + " this with the stack trace");
      }
      if (expected.isPlain()) {
        context.plain = true;
      } else {
        context.sealing = expected.sealing();
      }
    }
    context.requireOneOrigin(context.sealing != null);
    return context.sealing;
  }

  @Override
  public int serializedSize(Version version, MetadataComponent component) throws IOException {
    int size = stock.serializedSize(version, component);
    if (!isOurs(version)) {
      return size;
    }
    ComponentKeys.Sealing sealing = sealing();
    return sealing == null
        ? 1 + size
        : 1 + Integer.BYTES + CarriedBytes.sealedLength(sealing.keys().carrier(), size);
  }

  @Override
  public void serialize(Version version, MetadataComponent component, DataOutputPlus out)
      throws IOException {
    ComponentKeys.Sealing sealing = isOurs(version) ? sealing() : null;
    if (sealing == null) {
      if (isOurs(version)) {
        out.writeByte(0);
      }
      stock.serialize(version, component, out);
      return;
    }
    byte[] plain;
    try (DataOutputBuffer buffer = new DataOutputBuffer()) {
      stock.serialize(version, component, buffer);
      // Some of Cassandra's serializers announce more than they write, and its file has zeros
      // there.
      byte[] written = buffer.toByteArray();
      int announced = stock.serializedSize(version, component);
      plain = Arrays.copyOf(written, Math.max(written.length, announced));
    }
    EbtiRuntime runtime = EbtiRuntime.get();
    byte[] sealed =
        CarriedBytes.seal(
            sealing.keys(), sealing.keyId(), part, plain, runtime.salts(), runtime.provider());
    out.writeByte(1);
    out.writeInt(sealed.length);
    out.write(sealed);
  }

  @Override
  public MetadataComponent deserialize(Version version, DataInputPlus in) throws IOException {
    if (!isOurs(version)) {
      return stock.deserialize(version, in);
    }
    Context context = CONTEXT.get();
    context.reads(type);
    ComponentKeys expected = context.expected;
    int form = in.readByte();
    if (form == 0) {
      context.read(null);
      context.expected = null;
      context.sealing = null;
      context.plain = true;
      return stock.deserialize(version, in);
    }
    int length = in.readInt();
    if (form != 1 || length < 0 || length > MAX_BYTES) {
      throw new IOException(part + " is damaged: form " + form + ", " + length + " bytes");
    }
    byte[] sealed = new byte[length];
    in.readFully(sealed);
    Carrier carrier = CarriedBytes.carrier(sealed);
    context.read(carrier);
    EbtiRuntime runtime = EbtiRuntime.get();
    SSTableKeys keys;
    if (expected != null && carrier.uid().equals(expected.carrier().uid())) {
      keys = known(expected, carrier);
    } else {
      // A tool or the importer is at another file, and named it by a descriptor of Cassandra's own.
      keys = runtime.open(carrier, null);
      context.expected = null;
      context.plain = false;
      context.sealing = new ComponentKeys.Sealing(keys, keys.highestId());
    }
    byte[] plain = CarriedBytes.open(keys, part, sealed, runtime.provider());
    try (DataInputBuffer buffer = new DataInputBuffer(plain)) {
      return stock.deserialize(version, buffer);
    }
  }

  private static SSTableKeys known(ComponentKeys expected, Carrier carrier) throws IOException {
    int highest = carrier.rows().get(carrier.rows().size() - 1).id();
    return expected.keysWith(highest);
  }
}
