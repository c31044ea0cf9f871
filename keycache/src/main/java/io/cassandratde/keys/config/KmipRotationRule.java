package io.cassandratde.keys.config;

import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.rotation.RotationPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When keys of a KMIP group are followed by new ones.
 *
 * @param namespace those of this namespace, of none where it is empty; null: of any
 */
public record KmipRotationRule(@Nullable String namespace, RotationPolicy policy) {

  private boolean isFor(KeySpec spec) {
    return namespace == null || namespace.equals(spec.namespace() == null ? "" : spec.namespace());
  }

  /** The first of the rules that fits counts; null: none does. */
  static @Nullable RotationPolicy of(List<KmipRotationRule> rules, KeySpec spec) {
    return rules.stream()
        .filter(rule -> rule.isFor(spec))
        .findFirst()
        .map(KmipRotationRule::policy)
        .orElse(null);
  }

  /** In the file's order. */
  static List<KmipRotationRule> parse(YamlSection group, Duration keyCache) {
    List<KmipRotationRule> rules = new ArrayList<>();
    for (YamlSection section : group.sectionList(RotationRule.SECTION)) {
      String namespace = section.text("key_namespace");
      RotationPolicy policy = RotationRule.policy(section);
      Duration period = policy.period();
      if (period != null && period.compareTo(keyCache.multipliedBy(2)) < 0) {
        throw section.wrong(
            "period", "is shorter than two looks of a node, " + keyCache, "make it longer");
      }
      rules.add(new KmipRotationRule(namespace, policy));
    }
    return rules;
  }
}
