package io.cassandratde.keys;

import org.jspecify.annotations.Nullable;

/**
 * What makes keys interchangeable. Two tables with equal specs share one current key, on every
 * node.
 *
 * @param group the KMIP group, {@link #LOCAL_GROUP}, the name of the master key of replicated keys,
 *     or the name of a token
 * @param template a KMIP 1.x template by whose name keys are made; null: none
 * @param keyFile name of a local key file; null with KMIP
 */
public record KeySpec(
    ProviderKind provider,
    String group,
    @Nullable String namespace,
    CipherSpec cipher,
    @Nullable String template,
    @Nullable String keyFile) {

  public static final String LOCAL_GROUP = "local";

  public KeySpec {
    if (group.isEmpty()) {
      throw new IllegalArgumentException("a key spec needs a group");
    }
    if (provider == ProviderKind.LOCAL && (keyFile == null || keyFile.isEmpty())) {
      throw new IllegalArgumentException("a local key spec needs a key file");
    }
  }

  public static KeySpec kmip(String group, @Nullable String namespace, CipherSpec cipher) {
    return new KeySpec(ProviderKind.KMIP, group, namespace, cipher, null, null);
  }

  public static KeySpec local(String keyFile, CipherSpec cipher) {
    return new KeySpec(ProviderKind.LOCAL, LOCAL_GROUP, null, cipher, null, keyFile);
  }

  /** Data keys of the cluster's own table under the master key of this name. */
  public static KeySpec replicated(String master, @Nullable String namespace, CipherSpec cipher) {
    return new KeySpec(ProviderKind.REPLICATED, master, namespace, cipher, null, null);
  }

  /** The primary key of the token of this name. */
  public static KeySpec pkcs11(String token, CipherSpec cipher) {
    return new KeySpec(ProviderKind.PKCS11, token, null, cipher, null, null);
  }

  public KeySpec withGroup(String other) {
    return new KeySpec(provider, other, namespace, cipher, template, keyFile);
  }

  public int groupTag() {
    return GroupTag.of(provider, group);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(provider.text()).append(" group ").append(group);
    if (namespace != null) {
      text.append(", namespace ").append(namespace);
    }
    if (keyFile != null) {
      text.append(", file ").append(keyFile);
    }
    if (template != null) {
      text.append(", template ").append(template);
    }
    return text.append(", ").append(cipher).toString();
  }
}
