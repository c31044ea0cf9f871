package io.cassandratde.tools.destroy;

/** A key that a node fetched and used once. */
public final class Checked {
  private final String group;
  private final String keyId;

  public Checked(String group, String keyId) {
    this.group = group;
    this.keyId = keyId;
  }

  public String getGroup() {
    return group;
  }

  public String getKeyId() {
    return keyId;
  }

  public long getBits() {
    return 256;
  }

  public String getCheckValue() {
    return KeyBeans.CHECK_VALUE;
  }
}
