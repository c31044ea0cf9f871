package io.cassandratde.sstable.cassandra.ebti;

import java.lang.reflect.Field;
import org.apache.cassandra.io.sstable.format.AbstractSSTableFormat;
import org.apache.cassandra.io.sstable.metadata.MetadataType;

/**
 * The only reflection on Cassandra: two final fields that no constructor lets us set. Looks at
 * their shapes, and refuses a Cassandra that has others.
 */
public final class CassandraInternals {

  /** The name of our format, in cassandra.yaml and in file names. */
  public static final String FORMAT = "ebti";

  private static boolean statisticsSealed;

  private CassandraInternals() {}

  /** A format that extends BtiFormat is named {@code bti} by its constructor. */
  public static void rename(AbstractSSTableFormat<?, ?> format) {
    set(AbstractSSTableFormat.class, "name", format, FORMAT);
    if (!format.name().equals(FORMAT)) {
      throw unfit("AbstractSSTableFormat.name() does not give its field", null);
    }
  }

  /** Puts {@link SealedStatistics} before the serializers of Statistics.db, once per process. */
  public static synchronized void sealStatistics() {
    if (statisticsSealed) {
      return;
    }
    for (MetadataType type : MetadataType.values()) {
      SealedStatistics sealed = new SealedStatistics(type.serializer, type.name());
      set(MetadataType.class, "serializer", type, sealed);
      if (type.serializer != sealed) {
        throw unfit("MetadataType.serializer does not change", null);
      }
    }
    statisticsSealed = true;
  }

  private static void set(Class<?> of, String name, Object target, Object value) {
    try {
      Field field = of.getDeclaredField(name);
      if (!field.getType().isInstance(value)) {
        throw unfit(field + " is of another type", null);
      }
      field.setAccessible(true);
      field.set(target, value);
    } catch (ReflectiveOperationException e) {
      throw unfit(of.getSimpleName() + '.' + name, e);
    }
  }

  private static IllegalStateException unfit(
      String what, @org.jspecify.annotations.Nullable Throwable cause) {
    return new IllegalStateException(
        "the SSTable format ebti of cassandra-tde does not fit this Cassandra: "
            + what
            + ". It is made for 5.0.x; take 'sstable: selected_format: ebti' out of cassandra.yaml, or"
            + " install the cassandra-tde for this version",
        cause);
  }
}
