package io.cassandratde.sstable.cassandra.ebti;

import io.cassandratde.sstable.cassandra.TableGuard;
import java.io.IOException;
import java.lang.reflect.Field;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.cassandra.io.compress.CompressionMetadata;
import org.apache.cassandra.io.sstable.format.AbstractSSTableFormat;
import org.apache.cassandra.io.sstable.metadata.MetadataType;
import org.apache.cassandra.io.util.File;
import org.apache.cassandra.schema.CompressionParams;
import org.apache.cassandra.service.paxos.PaxosState;
import org.apache.cassandra.service.paxos.uncommitted.PaxosStateTracker;
import org.apache.cassandra.service.paxos.uncommitted.PaxosUncommittedTracker;
import org.apache.cassandra.utils.FBUtilities;
import org.jspecify.annotations.Nullable;

/**
 * The only reflection on Cassandra: final fields that no constructor lets us set. And what refuses
 * a Cassandra that does not have the shape that our classes need.
 */
public final class CassandraInternals {

  /** The name of our format, in cassandra.yaml and in file names. */
  public static final String FORMAT = TableGuard.SEALED_FORMAT;

  /** Of the differences, in the message. */
  private static final int NAMED = 3;

  private static boolean statisticsSealed;

  private CassandraInternals() {}

  /**
   * Looks at all that our classes lean on ({@link CassandraShape}).
   *
   * @throws IllegalStateException with one message that names what differs
   */
  public static void requireShape() {
    Set<String> differences;
    try {
      differences = CassandraShape.differences();
    } catch (IOException e) {
      throw unfit("its own classes cannot be read", e);
    }
    if (!differences.isEmpty()) {
      String named = differences.stream().limit(NAMED).collect(Collectors.joining("; "));
      int more = differences.size() - NAMED;
      throw unfit(named + (more > 0 ? "; and " + more + " more" : ""), null);
    }
  }

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
      SealedStatistics sealed = new SealedStatistics(type.serializer, type);
      set(MetadataType.class, "serializer", type, sealed);
      if (type.serializer != sealed) {
        throw unfit("MetadataType.serializer does not change", null);
      }
    }
    statisticsSealed = true;
  }

  /**
   * Lets the state of unfinished lightweight transactions be read and written in this directory, by
   * a tracker of Cassandra's own. Must come before the first flush of system.paxos.
   *
   * @param within of the directory that Cassandra has chosen, the one to use; empty for the same
   */
  public static void trackPaxosIn(Function<File, Optional<File>> within) {
    try {
      Field handle =
          Class.forName(PaxosState.class.getName() + "$TrackerHandle").getDeclaredField("tracker");
      handle.setAccessible(true);
      if (!(handle.get(null) instanceof PaxosStateTracker state)) {
        throw unfit(handle + " is of another type", null);
      }
      Optional<File> directory = within.apply(state.uncommitted().getDirectory());
      if (directory.isEmpty()) {
        return;
      }
      PaxosUncommittedTracker tracker = PaxosUncommittedTracker.load(directory.get());
      if (!state.isRebuildNeeded()) {
        tracker.start(); // as Cassandra does; else it starts it after the rebuild
      }
      set(PaxosStateTracker.class, "uncommitted", state, tracker);
      if (!tracker.equals(PaxosState.uncommittedTracker())) {
        throw unfit("PaxosState.uncommittedTracker() does not give its field", null);
      }
    } catch (ReflectiveOperationException e) {
      throw unfit("PaxosState.TrackerHandle.tracker", e);
    }
  }

  /** What streams of an open SSTable are told of its Data.db. */
  static void setParameters(CompressionMetadata metadata, CompressionParams parameters) {
    set(CompressionMetadata.class, "parameters", metadata, parameters);
    if (!metadata.parameters.equals(parameters)) {
      throw unfit("CompressionMetadata.parameters does not change", null);
    }
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

  private static IllegalStateException unfit(String what, @Nullable Throwable cause) {
    return new IllegalStateException(
        "this cassandra-tde is made for Cassandra 5.0.x and does not fit "
            + FBUtilities.getReleaseVersionString()
            + ". Remedy: start the Cassandra that ran here before, or put the cassandra-tde for this"
            + " version in the place of its jar. What differs: "
            + what,
        cause);
  }
}
