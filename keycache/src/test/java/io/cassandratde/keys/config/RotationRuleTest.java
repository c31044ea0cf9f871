package io.cassandratde.keys.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.replicated.KeyLine;
import io.cassandratde.keys.rotation.RotationPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RotationRuleTest {

  private final ConfigFiles files;

  RotationRuleTest(@TempDir Path directory) {
    files = new ConfigFiles(directory);
  }

  private ReplicatedKeysConfig config(String rules) {
    String text = "replicated_keys: {directory: keys, rotation: [" + rules + "]}\n";
    return Objects.requireNonNull(TdeConfig.load(files.write("tde.yaml", text)).replicatedKeys());
  }

  private static @Nullable RotationPolicy of(
      ReplicatedKeysConfig config, String master, String namespace) {
    return config.rotationOf(new KeyLine(master, namespace, CipherSpec.AES_256));
  }

  @Test
  void the_first_rule_that_fits_a_line_counts() {
    ReplicatedKeysConfig config =
        config(
            "{master: payments, namespace: cards, period: 30d, prepublish: 2d},"
                + " {namespace: '', max_bytes: 2GiB}, {period: 60d, max_chunks: 9}");
    assertThat(of(config, "payments", "cards"))
        .isEqualTo(
            new RotationPolicy(
                Duration.ofDays(30),
                Duration.ofDays(2),
                RotationPolicy.NO_LIMIT,
                RotationPolicy.NO_LIMIT));
    assertThat(of(config, "other", "")).extracting(p -> p.maxBytes()).isEqualTo(2L << 30);
    RotationPolicy last = Objects.requireNonNull(of(config, "other", "cards"));
    assertThat(last.prepublish()).isEqualTo(Duration.ofDays(1));
    assertThat(last.maxChunks()).isEqualTo(9);
    assertThat(of(config("{master: payments, period: 6h}"), "other", "")).isNull();
    assertThat(of(config("{period: 30h}"), "m", ""))
        .extracting(RotationPolicy::prepublish)
        .isEqualTo(Duration.ofHours(1));
  }

  @Test
  void a_rule_that_says_nothing_or_cannot_be_kept_is_refused_with_its_line() {
    for (String rule :
        new String[] {
          "{master: m}",
          "{period: 0d}",
          "{period: 1d, prepublish: 1d}",
          "{max_bytes: 0B}",
          "{max_chunks: 0}",
          "{period: 30}",
          "{periods: 30d, period: 1d}"
        }) {
      assertThatThrownBy(() -> config(rule))
          .as(rule)
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("tde.yaml")
          .hasMessageContaining("rotation");
    }
  }

  @Test
  void a_reload_brings_other_rules() {
    TdeConfig before =
        TdeConfig.load(files.write("a.yaml", "replicated_keys: {directory: keys}\n"));
    TdeConfig after =
        TdeConfig.load(
            files.write(
                "b.yaml", "replicated_keys: {directory: keys, rotation: [{period: 30d}]}\n"));
    assertThat(ConfigChanges.between(before, after).byReload())
        .contains("replicated_keys.rotation");
    assertThat(of(Objects.requireNonNull(before.reloaded(after).replicatedKeys()), "m", ""))
        .isNotNull();
  }

  private KmipGroupConfig group(String rules) {
    String text =
        ConfigFiles.GROUP + "    key_cache_millis: 60000\n    rotation: [" + rules + "]\n";
    return Objects.requireNonNull(files.parse(text).kmipGroups().get("vault"));
  }

  private static @Nullable RotationPolicy of(KmipGroupConfig group, @Nullable String namespace) {
    return group.rotationOf(KeySpec.kmip("vault", namespace, CipherSpec.AES_256));
  }

  @Test
  void keys_of_a_kmip_group_have_rules_by_namespace() {
    KmipGroupConfig group =
        group("{key_namespace: cards, period: 30d}, {key_namespace: '', max_bytes: 2GiB}");
    RotationPolicy cards = Objects.requireNonNull(of(group, "cards"));
    assertThat(cards.period()).isEqualTo(Duration.ofDays(30));
    assertThat(cards.prepublish()).isEqualTo(Duration.ofDays(1));
    assertThat(of(group, null)).extracting(RotationPolicy::maxBytes).isEqualTo(2L << 30);
    assertThat(of(group, "other")).isNull();
    assertThat(of(group("{period: 2m}"), "other")).isNotNull();
    KmipGroupConfig all = group("{key_namespace: cards, period: 30d}, {period: 60d}");
    assertThat(of(all, "cards")).as("the first that fits").isEqualTo(cards);
    assertThat(of(all, "other")).extracting(p -> p.period()).isEqualTo(Duration.ofDays(60));
    String yaml = ConfigFiles.GROUP + "    rotation: [{period: 9d}]\n";
    assertThat(ConfigChanges.between(files.parse(ConfigFiles.GROUP), files.parse(yaml)).byReload())
        .containsExactly("kmip_hosts.vault.rotation");
    for (String rule :
        new String[] {"{period: 119s}", "{key_namespace: x}", "{master: m, period: 3d}"}) {
      assertThatThrownBy(() -> group(rule))
          .as(rule)
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("kmip_hosts.vault.rotation.0");
    }
  }
}
