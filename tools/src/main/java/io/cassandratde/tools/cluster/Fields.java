package io.cassandratde.tools.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a value that an MXBean gave, by their names. A node of an earlier release may lack
 * one: what a reader cannot do without is asked for with {@link #text} and fails by its name.
 */
record Fields(CompositeData data) {

  static Fields of(@Nullable Object value) {
    return new Fields((CompositeData) Objects.requireNonNull(value, "the node gave no value"));
  }

  static <T> List<T> list(@Nullable Object values, Function<Fields, T> reader) {
    List<T> list = new ArrayList<>();
    for (CompositeData each : (CompositeData[]) Objects.requireNonNull(values)) {
      list.add(reader.apply(new Fields(each)));
    }
    return List.copyOf(list);
  }

  @Nullable Object value(String name) {
    return data.containsKey(name) ? data.get(name) : null;
  }

  String text(String name) {
    return Objects.requireNonNull(optional(name), () -> "the node tells no " + name);
  }

  @Nullable String optional(String name) {
    return (String) value(name);
  }

  long number(String name) {
    return ((Number) Objects.requireNonNull(value(name), () -> "the node tells no " + name))
        .longValue();
  }

  boolean flag(String name) {
    return Boolean.TRUE.equals(value(name));
  }

  List<String> texts(String name) {
    return List.of((String[]) Objects.requireNonNull(value(name)));
  }

  /** A map of texts, which JMX gives as a table. */
  Map<String, String> pairs(String name) {
    return pairsOf(value(name));
  }

  /** The same, where it is all that was given. */
  static Map<String, String> pairsOf(@Nullable Object table) {
    Map<String, String> pairs = new TreeMap<>();
    for (Object each : ((TabularData) Objects.requireNonNull(table)).values()) {
      CompositeData pair = (CompositeData) each;
      pairs.put((String) pair.get("key"), (String) pair.get("value"));
    }
    return pairs;
  }

  <T> List<T> all(String name, Function<Fields, T> reader) {
    return list(value(name), reader);
  }
}
