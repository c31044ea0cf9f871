package io.cassandratde.keys.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * conf/dse-style.yaml.example against the parser, both ways: no option undocumented, none
 * documented that is not there.
 */
class ExampleFileTest {

  private final ConfigFiles files;
  private final String example;

  ExampleFileTest(@TempDir Path directory) throws IOException {
    files = new ConfigFiles(directory);
    Path root = Path.of(System.getProperty("tde.root", ".."));
    example = Files.readString(root.resolve("conf/dse-style.yaml.example"));
    Files.write(directory.resolve("kmip_keystore.jks"), new byte[1]);
    Files.write(directory.resolve("kmip_truststore.jks"), new byte[1]);
  }

  /** With every option set: the "#" that has no blank behind it taken away. */
  private String everythingSet() {
    return example
        .lines()
        .map(l -> l.replaceFirst("^(\\s*)#(?=[^ #])", "$1"))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  @Test
  void works_as_it_stands_and_with_every_option_set() {
    assertThat(files.parse(example).kmipGroups()).containsOnlyKeys("vault");
    assertThat(files.parse(everythingSet()).kmipGroups()).containsOnlyKeys("vault");
  }

  @Test
  void the_defaults_it_names_are_the_parsers() {
    TdeConfig asItStands = files.parse(example);
    TdeConfig set =
        files.parse(
            everythingSet()
                .replaceAll(
                    "(?m)^\\s*(username|password|cipher_suites|crypto_provider|key_namespace|template_name):"
                        + " .*$",
                    ""));
    KmipGroupConfig before = ConfigFiles.vault(asItStands);
    KmipGroupConfig after = ConfigFiles.vault(set);
    assertThat(after.keyCache()).isEqualTo(before.keyCache());
    assertThat(after.settings()).usingRecursiveComparison().isEqualTo(before.settings());
    assertThat(set)
        .usingRecursiveComparison()
        // indexMemory depends on the heap; these sections are not there by default.
        .ignoringFields(
            "kmipGroups",
            "warnings",
            "indexMemory",
            "localKeyCache",
            "audit",
            "approvals",
            "tokens",
            "replicatedKeys")
        .isEqualTo(asItStands);
  }

  @Test
  void documents_every_option_of_the_parser_and_no_other() {
    TdeConfigParser parser = new TdeConfigParser(name -> null);
    parser.parse(files.write("tde.yaml", everythingSet()));
    Set<String> documented = new TreeSet<>();
    YamlSection all = YamlSection.read(files.write("all.yaml", everythingSet()), new TreeSet<>());
    for (String top : all.keys()) {
      documented.add(top);
    }
    all.sections("kmip_hosts")
        .values()
        .forEach(
            g -> {
              g.keys().forEach(k -> documented.add("kmip_hosts.*." + k));
              g.sectionList("rotation")
                  .forEach(
                      rule ->
                          rule.keys().forEach(k -> documented.add("kmip_hosts.*.rotation.*." + k)));
              YamlSection admin = g.section("admin");
              if (admin != null) {
                admin.keys().forEach(k -> documented.add("kmip_hosts.*.admin." + k));
              }
            });
    YamlSection info = Objects.requireNonNull(all.section("system_info_encryption"));
    info.keys().forEach(k -> documented.add("system_info_encryption." + k));
    YamlSection key = Objects.requireNonNull(all.section("default_key"));
    key.keys().forEach(k -> documented.add("default_key." + k));
    YamlSection local = Objects.requireNonNull(all.section("local_key_cache"));
    local.keys().forEach(k -> documented.add("local_key_cache." + k));
    all.sections("pkcs11")
        .values()
        .forEach(
            token -> {
              token.keys().forEach(k -> documented.add("pkcs11.*." + k));
              YamlSection pin = Objects.requireNonNull(token.section("pin"));
              pin.keys().forEach(k -> documented.add("pkcs11.*.pin." + k));
            });
    YamlSection replicated = Objects.requireNonNull(all.section("replicated_keys"));
    replicated.keys().forEach(k -> documented.add("replicated_keys." + k));
    replicated
        .sectionList("rotation")
        .forEach(
            rule -> rule.keys().forEach(k -> documented.add("replicated_keys.rotation.*." + k)));
    String master = "replicated_keys.master_keys.*.";
    replicated
        .sections("master_keys")
        .values()
        .forEach(
            each -> {
              each.keys().forEach(k -> documented.add(master + k));
              each.sectionList("former")
                  .forEach(f -> f.keys().forEach(k -> documented.add(master + "former.*." + k)));
            });
    YamlSection audit = Objects.requireNonNull(all.section("audit"));
    audit.keys().forEach(k -> documented.add("audit." + k));
    YamlSection approvals = Objects.requireNonNull(all.section("approvals"));
    approvals.keys().forEach(k -> documented.add("approvals." + k));
    assertThat(ConfigFiles.sorted(parser.asked)).isEqualTo(ConfigFiles.sorted(documented));
  }

  @Test
  void says_meaning_and_default_of_every_option() {
    String[] lines = example.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      String option = lines[i].strip();
      if (option.matches("#?[a-z0-9_]+:.*")
          && !option.startsWith("# ")
          && !option.startsWith("vault")
          && !option.startsWith("old_vault")
          && !option.startsWith("system_info")
          && !option.startsWith("default_key")
          && !option.startsWith("#local_key_cache")
          && !option.matches("(pkcs11|hsm|old_hsm|replicated_keys|payments|orders|stock):")
          && !option.startsWith("#audit")
          && !option.startsWith("#approvals")) {
        StringBuilder prose = new StringBuilder();
        for (int before = i - 1; before >= 0 && lines[before].strip().startsWith("# "); before--) {
          prose.insert(0, lines[before].strip().substring(2) + " ");
        }
        assertThat(prose.toString()).as(option).containsAnyOf("Default: ", "Required", "(default)");
      }
    }
  }

  @Test
  void says_of_every_option_whether_a_reload_changes_it() {
    List<String> path = new ArrayList<>();
    String prose = "";
    Set<String> seen = new TreeSet<>();
    for (String line : example.split("\n", -1)) {
      String option = line.strip();
      if (option.startsWith("# ")) {
        prose += option + " ";
        continue;
      }
      if (option.matches("#?[a-z0-9_]+:.*")) {
        String name = option.replaceFirst("#?([a-z0-9_]+):.*", "$1");
        int depth = (line.length() - line.stripLeading().length()) / 2;
        path.subList(Math.min(depth, path.size()), path.size()).clear();
        path.add(name);
        boolean head = option.endsWith(":") || name.equals("old_vault");
        if (!head) {
          boolean reloaded = ConfigChanges.isReloaded(String.join(".", path));
          assertThat(prose)
              .as(name)
              .contains(reloaded ? "Changed by reload" : "Changed by restart");
          assertThat(prose)
              .as(name)
              .doesNotContain(reloaded ? "Changed by restart" : "Changed by reload");
          seen.add(path.get(0));
        }
      }
      prose = "";
    }
    assertThat(seen)
        .contains(
            "kmip_hosts",
            "audit",
            "encrypt",
            "default_key",
            "local_key_cache",
            "pkcs11",
            "replicated_keys");
  }
}
