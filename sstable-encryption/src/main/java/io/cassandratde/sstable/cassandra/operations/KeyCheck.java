package io.cassandratde.sstable.cassandra.operations;

import io.cassandratde.keys.DataKey;

/** What a key that was fetched is, as {@link KeyOperationsMXBean#checkKey} tells it. */
public final class KeyCheck {

  private final String group;
  private final String keyId;
  private final int bits;
  private final String checkValue;

  KeyCheck(NamedKey named, DataKey key) {
    this.group = named.group();
    this.keyId = named.keyId();
    this.bits = key.bits();
    this.checkValue = "%08x".formatted(key.reference().checkValue());
  }

  public String getGroup() {
    return group;
  }

  public String getKeyId() {
    return keyId;
  }

  public int getBits() {
    return bits;
  }

  /** Eight hexadecimal digits, the same wherever the key is the same; tells nothing of the key. */
  public String getCheckValue() {
    return checkValue;
  }
}
