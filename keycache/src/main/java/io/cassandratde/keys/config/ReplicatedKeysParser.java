package io.cassandratde.keys.config;

import io.cassandratde.keys.ProviderKind;
import io.cassandratde.keys.config.ReplicatedKeysConfig.MasterKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code replicated_keys}. */
final class ReplicatedKeysParser {

  private static final String KEY_FILE = "system_key_file";
  private static final String HOST = "kmip_host";
  private static final String NAMESPACE = "key_namespace";
  private static final String WRAP_AT = "wrap_at";
  private static final String TOKEN = "pkcs11";
  private static final String FORMER = "former";

  private final YamlSection top;
  private final Set<String> groups;
  private final Set<String> tokens;

  ReplicatedKeysParser(YamlSection top, Set<String> groups, Set<String> tokens) {
    this.top = top;
    this.groups = groups;
    this.tokens = tokens;
  }

  /** Null: there is no such section, so there are no replicated keys. */
  @Nullable ReplicatedKeysConfig parse() {
    YamlSection section = top.section(ReplicatedKeysConfig.SECTION);
    if (section == null) {
      return null;
    }
    Map<String, MasterKey> masters = new LinkedHashMap<>();
    section
        .sections(ReplicatedKeysConfig.MASTER_KEYS)
        .forEach((name, each) -> masters.put(name, master(each)));
    return ReplicatedKeysConfig.of(section, masters);
  }

  private MasterKey master(YamlSection section) {
    MasterKeySource source = source(section);
    List<MasterKeySource> former = new ArrayList<>();
    for (YamlSection each : section.sectionList(FORMER)) {
      MasterKeySource one = source(each);
      each.finish();
      if (one.equals(source) || former.contains(one)) {
        throw each.wrong("", "is " + one + " a second time", "take it out");
      }
      former.add(one);
    }
    section.finish();
    return new MasterKey(source, former);
  }

  private MasterKeySource source(YamlSection section) {
    List<MasterKeySource> named = new ArrayList<>();
    String file = section.text(KEY_FILE);
    String group = section.text(HOST);
    String namespace = section.text(NAMESPACE);
    String token = section.text(TOKEN);
    boolean atServer = section.choice(WRAP_AT, false, Map.of("node", false, "server", true));
    if (file != null) {
      named.add(MasterKeySource.keyFile(file));
    }
    if (group != null) {
      require(section, HOST, group, "kmip_hosts", groups);
      named.add(new MasterKeySource(ProviderKind.KMIP, group, namespace, atServer));
    }
    if (token != null) {
      require(section, TOKEN, token, Pkcs11Config.SECTION, tokens);
      named.add(new MasterKeySource(ProviderKind.PKCS11, token, null));
    }
    if (named.size() != 1) {
      throw section.wrong(
          "",
          named.isEmpty() ? "does not say where the key is" : "names several places, " + named,
          "name exactly one of system_key_file, kmip_host and pkcs11"
              + (named.isEmpty() ? "" : "; where the key was before belongs under former"));
    }
    if (namespace != null && group == null) {
      throw section.wrong(NAMESPACE, "stands without kmip_host", "take it out");
    }
    if (atServer && namespace == null) {
      throw section.wrong(
          WRAP_AT,
          "is server without kmip_host and key_namespace",
          "give the master key a namespace of its own in a KMIP group: tables that come by it could"
              + " not fetch it");
    }
    return named.get(0);
  }

  private static void require(
      YamlSection section, String option, String name, String where, Set<String> there) {
    if (!there.contains(name)) {
      throw section.wrong(
          option,
          "is '%s', which %s has not".formatted(name, where),
          there.isEmpty() ? "add it to " + where : "write one of " + there);
    }
  }
}
