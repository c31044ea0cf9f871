package io.cassandratde.keys.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * One mapping of the configuration file. It keeps the node tree, not plain values, so that every
 * complaint has its line; and it remembers which keys the parser asked for: those are the options
 * there are, every other key is unknown.
 */
final class YamlSection {

  private final Path file;
  private final String path;

  /** As path, with `*` for free names: how options are known. */
  private final String option;

  private final int line;
  private final Map<String, Node> values;
  private final Set<String> asked;

  private YamlSection(Path file, String path, String option, Node node, Set<String> asked) {
    this.file = file;
    this.path = path;
    this.option = option;
    this.line = lineOf(node);
    this.asked = asked;
    this.values = entries(node);
  }

  /**
   * Reads a whole file. {@code asked} collects the full names of all options that the parser looks
   * for.
   */
  static YamlSection read(Path file, Set<String> asked) {
    return new YamlSection(file, "", "", YamlFile.root(file), asked);
  }

  private Map<String, Node> entries(Node node) {
    if (!(node instanceof MappingNode mapping)) {
      throw new ConfigException(
          file,
          lineOf(node),
          path,
          "is no mapping of keys to values",
          "write one `key: value` per line");
    }
    Map<String, Node> result = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      int at = lineOf(tuple.getKeyNode());
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        throw new ConfigException(
            file, at, path, "has a key that is no plain text", "write `key: value`");
      }
      Node before = result.putIfAbsent(key.getValue(), tuple.getValueNode());
      if (before != null) {
        throw new ConfigException(
            file,
            at,
            full(key.getValue()),
            "stands twice (also in line " + lineOf(before) + ")",
            "keep one");
      }
    }
    return result;
  }

  Path file() {
    return file;
  }

  Set<String> keys() {
    return values.keySet();
  }

  boolean has(String key) {
    Node node = node(key);
    return node != null;
  }

  @Nullable String text(String key) {
    Node node = node(key);
    if (node == null) {
      return null;
    }
    if (!(node instanceof ScalarNode scalar)) {
      throw wrong(key, "is no plain value", "write `" + key + ": value`");
    }
    return scalar.getValue();
  }

  String text(String key, String otherwise) {
    String value = text(key);
    return value == null ? otherwise : value;
  }

  boolean flag(String key, boolean otherwise) {
    Node node = node(key);
    if (node == null) {
      return otherwise;
    }
    if (!node.getTag().equals(Tag.BOOL)) {
      throw wrong(key, "is neither true nor false", "write true or false");
    }
    String value = text(key, "");
    return value.equalsIgnoreCase("true")
        || value.equalsIgnoreCase("yes")
        || value.equalsIgnoreCase("on");
  }

  long number(String key, long otherwise, long least, long most) {
    if (node(key) == null) {
      return otherwise;
    }
    Long value = wholeNumber(key);
    if (value == null || value < least || value > most) {
      throw wrong(key, "is no whole number from " + least + " to " + most, "correct it");
    }
    return value;
  }

  /** An option of DSE's, a plain number of milliseconds, where ours take a unit. */
  Duration millis(String key, Duration otherwise, long least, long most) {
    if (node(key) == null) {
      return otherwise;
    }
    Long value = wholeNumber(key);
    if (value == null || value < least || value > most) {
      throw wrong(
          key,
          "is no whole number of milliseconds from " + least + " to " + most,
          "write it without a unit, such as `"
              + key
              + ": "
              + Math.max(least, Math.min(most, meant(key, otherwise)))
              + "`");
    }
    return Duration.ofMillis(value);
  }

  private long meant(String key, Duration otherwise) {
    try {
      return Durations.parse(text(key, "")).toMillis();
    } catch (IllegalArgumentException e) {
      return otherwise.toMillis();
    }
  }

  private @Nullable Long wholeNumber(String key) {
    String text = text(key, "").replace("_", "");
    Node node = node(key);
    try {
      return node != null && node.getTag().equals(Tag.INT) ? Long.valueOf(text) : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  <E> E choice(String key, E otherwise, Map<String, E> choices) {
    String value = text(key);
    if (value == null) {
      return otherwise;
    }
    E chosen = choices.get(value);
    if (chosen == null) {
      throw wrong(key, "is '" + value + "'", "write one of " + new TreeSet<>(choices.keySet()));
    }
    return chosen;
  }

  /**
   * A value of ours, made from text by a parser that throws IllegalArgumentException with the
   * problem.
   */
  <T> T parsed(String key, T otherwise, Function<String, T> parser) {
    String value = text(key);
    if (value == null) {
      return otherwise;
    }
    try {
      return parser.apply(value);
    } catch (IllegalArgumentException e) {
      throw wrong(key, String.valueOf(e.getMessage()), "correct it");
    }
  }

  /** Either `a, b` as DSE writes lists, or a YAML list; empty when absent. */
  List<String> list(String key) {
    Node node = node(key);
    if (node == null) {
      return List.of();
    }
    List<String> result = new ArrayList<>();
    if (node instanceof SequenceNode sequence) {
      for (Node item : sequence.getValue()) {
        if (!(item instanceof ScalarNode scalar)) {
          throw wrong(key, "holds something that is no plain value", "write `[a, b]` or `a, b`");
        }
        result.add(scalar.getValue().strip());
      }
    } else {
      for (String part : text(key, "").split(",", -1)) {
        result.add(part.strip().replaceAll("^\\[|]$", ""));
      }
    }
    if (result.contains("")) {
      throw wrong(key, "has an empty entry", "write `a, b`");
    }
    return result;
  }

  /** A file that must be there and readable; relative to the configuration file. */
  @Nullable Path existingFile(String key) {
    String value = text(key);
    return value == null ? null : existing(key, resolve(value));
  }

  /** This file, which the option names. */
  Path existing(String key, Path target) {
    if (!Files.isRegularFile(target)) {
      throw wrong(
          key,
          "names " + target + ", which is not there",
          "correct the path or put the file there");
    }
    if (!Files.isReadable(target)) {
      throw wrong(key, "names " + target + ", which this user may not read", "chown or chmod it");
    }
    return target;
  }

  Path resolve(String value) {
    Path parent = file.toAbsolutePath().getParent();
    return parent == null ? Path.of(value) : parent.resolve(value).normalize();
  }

  @Nullable YamlSection section(String key) {
    Node node = node(key);
    return node == null ? null : new YamlSection(file, full(key), join(option, key), node, asked);
  }

  /** The sections of a mapping with free names, such as group names. */
  Map<String, YamlSection> sections(String key) {
    Map<String, YamlSection> result = new LinkedHashMap<>();
    YamlSection all = section(key);
    if (all != null) {
      all.values.forEach(
          (name, node) -> {
            if (name.isBlank()) {
              throw new ConfigException(
                  file, lineOf(node), full(key), "has an empty name in it", "name it");
            }
            result.put(
                name,
                new YamlSection(
                    file, full(key) + "." + name, join(option, key) + ".*", node, asked));
          });
    }
    return result;
  }

  /** A list of mappings; empty when absent. */
  List<YamlSection> sectionList(String key) {
    Node node = node(key);
    if (node == null) {
      return List.of();
    }
    if (!(node instanceof SequenceNode sequence)) {
      throw wrong(key, "is no list", "write `" + key + ": [{…}, {…}]`");
    }
    List<YamlSection> result = new ArrayList<>();
    for (Node item : sequence.getValue()) {
      String name = full(key) + "." + result.size();
      result.add(new YamlSection(file, name, join(option, key) + ".*", item, asked));
    }
    return result;
  }

  /** A mapping of free names to plain values. */
  Map<String, String> pairs(String key) {
    Map<String, String> result = new LinkedHashMap<>();
    YamlSection all = section(key);
    if (all != null) {
      all.values.forEach(
          (name, node) -> {
            if (!(node instanceof ScalarNode scalar) || scalar.getValue().isBlank()) {
              throw all.wrong(name, "is no plain value", "write `name: value`");
            }
            result.put(name, scalar.getValue());
          });
    }
    return result;
  }

  boolean isMapping(String key) {
    return node(key) instanceof MappingNode;
  }

  /** Call when everything was asked for: what is left over is unknown. */
  void finish() {
    finish(Set.of());
  }

  void finish(Set<String> passedOver) {
    for (String key : values.keySet()) {
      if (!asked.contains(join(option, key)) && !passedOver.contains(key)) {
        throw wrong(key, "is no known option", "known here: " + known());
      }
    }
  }

  private String known() {
    Set<String> names = new TreeSet<>();
    String prefix = join(option, "");
    asked.stream()
        .filter(name -> name.startsWith(prefix) && name.indexOf('.', prefix.length()) < 0)
        .forEach(name -> names.add(name.substring(prefix.length())));
    return String.join(", ", names);
  }

  ConfigException wrong(String key, String problem, String remedy) {
    Node node = values.get(key);
    return new ConfigException(
        file, node == null ? line : lineOf(node), full(key), problem, remedy);
  }

  /** In the form of {@link #wrong}, for what is told and not refused. */
  String warning(String key, String problem, String remedy) {
    return String.valueOf(wrong(key, problem, remedy).getMessage());
  }

  private @Nullable Node node(String key) {
    asked.add(join(option, key));
    Node node = values.get(key);
    // `key:` with nothing behind it means the default, as everywhere in Cassandra's files.
    return node != null && node.getTag().equals(Tag.NULL) && isPlain(node) ? null : node;
  }

  private static boolean isPlain(Node node) {
    return node instanceof ScalarNode scalar
        && scalar.getScalarStyle() == DumperOptions.ScalarStyle.PLAIN;
  }

  private String full(String key) {
    return key.isEmpty() ? path : join(path, key);
  }

  private static String join(String before, String key) {
    return before.isEmpty() ? key : before + "." + key;
  }

  private static int lineOf(Node node) {
    return node.getStartMark() == null ? 0 : node.getStartMark().getLine() + 1;
  }
}
