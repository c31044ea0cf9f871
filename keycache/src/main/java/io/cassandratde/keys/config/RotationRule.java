package io.cassandratde.keys.config;

import io.cassandratde.keys.replicated.KeyLine;
import io.cassandratde.keys.rotation.RotationPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When replicated data keys are followed by new ones.
 *
 * @param master those under the master key of this name; null: under any
 * @param namespace those of this namespace; null: of any, or none
 */
public record RotationRule(
    @Nullable String master, @Nullable String namespace, RotationPolicy policy) {

  static final String SECTION = "rotation";

  /** Uses that random nonces and counters allow for by far; a key is due long before. */
  private static final long MOST_CHUNKS = 1L << 48;

  public boolean isFor(KeyLine line) {
    return (master == null || master.equals(line.master()))
        && (namespace == null || namespace.equals(line.namespace()));
  }

  /** In the file's order: the first that fits counts. */
  static List<RotationRule> parse(YamlSection replicatedKeys) {
    List<RotationRule> rules = new ArrayList<>();
    for (YamlSection section : replicatedKeys.sectionList(SECTION)) {
      rules.add(rule(section));
    }
    return rules;
  }

  private static RotationRule rule(YamlSection section) {
    String master = section.text("master");
    String namespace = section.text("namespace");
    return new RotationRule(master, namespace, policy(section));
  }

  /** What rules for keys of whatever provider have in common; the last of a section. */
  static RotationPolicy policy(YamlSection section) {
    Duration never = Duration.ZERO;
    Duration period = section.parsed("period", never, Durations::parse);
    Duration prepublish = section.parsed("prepublish", defaultPrepublish(period), Durations::parse);
    long bytes = section.parsed("max_bytes", RotationPolicy.NO_LIMIT, Sizes::parse);
    long chunks = section.number("max_chunks", RotationPolicy.NO_LIMIT, 1, MOST_CHUNKS);
    section.finish();
    if (period.isZero() && section.has("period")) {
      throw section.wrong("period", "is nothing", "write such as 30d, or leave it out");
    }
    if (period.isZero() && bytes == RotationPolicy.NO_LIMIT && chunks == RotationPolicy.NO_LIMIT) {
      throw section.wrong(
          "", "says not when a key is replaced", "write period, max_bytes or max_chunks");
    }
    if (bytes < 1) {
      throw section.wrong("max_bytes", "is nothing", "write such as 1024GiB, or leave it out");
    }
    if (!period.isZero() && prepublish.compareTo(period) >= 0) {
      throw section.wrong(
          "prepublish", "is not shorter than period, " + section.text("period"), "shorten it");
    }
    return new RotationPolicy(period.isZero() ? null : period, prepublish, bytes, chunks);
  }

  /** A day, or of short periods a thirtieth. */
  private static Duration defaultPrepublish(Duration period) {
    Duration part = period.dividedBy(30);
    Duration day = Duration.ofDays(1);
    return part.compareTo(day) < 0 ? part : day;
  }
}
