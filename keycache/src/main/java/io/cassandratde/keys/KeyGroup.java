package io.cassandratde.keys;

/**
 * Whose key it is: one of a KMIP group, of a key file, of the cluster's table under a master key,
 * or in a token. Names repeat among providers, so those that came later show theirs: {@code
 * replicated:vault} has nothing to do with the KMIP group {@code vault}.
 *
 * @param name of the group within its provider
 */
public record KeyGroup(ProviderKind provider, String name) {

  /** Of all local key files. */
  public static final KeyGroup LOCAL = new KeyGroup(ProviderKind.LOCAL, KeySpec.LOCAL_GROUP);

  private static final char BETWEEN = ':';

  public static KeyGroup of(KeySpec spec) {
    return new KeyGroup(spec.provider(), spec.group());
  }

  public static KeyGroup kmip(String name) {
    return new KeyGroup(ProviderKind.KMIP, name);
  }

  /** Of the data keys under the master key of this name. */
  public static KeyGroup replicated(String master) {
    return new KeyGroup(ProviderKind.REPLICATED, master);
  }

  /** Of the keys in the token of this name. */
  public static KeyGroup token(String name) {
    return new KeyGroup(ProviderKind.PKCS11, name);
  }

  /**
   * What {@link #toString} gave.
   *
   * @param isKmip whether a KMIP group has this name; it goes first
   */
  public static KeyGroup parse(String text, boolean isKmip) {
    if (isKmip) {
      return kmip(text);
    }
    for (ProviderKind provider :
        new ProviderKind[] {ProviderKind.REPLICATED, ProviderKind.PKCS11}) {
      String prefix = provider.text() + BETWEEN;
      if (text.startsWith(prefix) && text.length() > prefix.length()) {
        return new KeyGroup(provider, text.substring(prefix.length()));
      }
    }
    return text.equals(KeySpec.LOCAL_GROUP) ? LOCAL : kmip(text);
  }

  /** By which data names it. */
  public int tag() {
    return GroupTag.of(provider, name);
  }

  /** As operators read and write it. */
  @Override
  public String toString() {
    return switch (provider) {
      case KMIP, LOCAL -> name;
      case REPLICATED, PKCS11 -> provider.text() + BETWEEN + name;
    };
  }
}
