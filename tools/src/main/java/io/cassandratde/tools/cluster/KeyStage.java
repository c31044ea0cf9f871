package io.cassandratde.tools.cluster;

import java.util.List;

/**
 * How far a new key is on its way to being current, as the whole cluster shares it.
 *
 * @param spec what the key is for
 * @param stage as the node calls it: on its way, or current
 * @param proposedBy host id
 * @param awaited host ids of live nodes that have not reported
 */
public record KeyStage(
    String spec,
    String group,
    String keyId,
    String stage,
    String proposedBy,
    String proposedAt,
    List<String> awaited) {

  static KeyStage of(Fields fields) {
    return new KeyStage(
        fields.text("spec"),
        fields.text("group"),
        fields.text("keyId"),
        fields.text("stage"),
        fields.text("proposedBy"),
        fields.text("proposedAt"),
        fields.texts("awaited"));
  }
}
