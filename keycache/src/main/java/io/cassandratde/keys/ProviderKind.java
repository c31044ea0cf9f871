package io.cassandratde.keys;

/**
 * Where a key comes from. Only {@link #text()} is ever stored, and only inside the hash of {@link
 * GroupTag}.
 */
public enum ProviderKind {
  KMIP("kmip"),
  LOCAL("local"),
  /**
   * Data keys of the cluster's own table, under a master key; the group is the master key's name.
   */
  REPLICATED("replicated"),
  /** Keys that a token keeps: they wrap others there; the group is the token's name. */
  PKCS11("pkcs11");

  private final String text;

  ProviderKind(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }
}
