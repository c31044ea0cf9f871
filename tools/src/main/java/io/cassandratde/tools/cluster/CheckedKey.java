package io.cassandratde.tools.cluster;

/**
 * A key that a node fetched anew and used once.
 *
 * @param checkValue the same wherever the key is the same; tells nothing of the key
 */
public record CheckedKey(String group, String keyId, long bits, String checkValue) {

  static CheckedKey of(Fields fields) {
    return new CheckedKey(
        fields.text("group"),
        fields.text("keyId"),
        fields.number("bits"),
        fields.text("checkValue"));
  }
}
