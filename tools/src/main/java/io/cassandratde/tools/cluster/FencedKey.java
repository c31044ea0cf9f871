package io.cassandratde.tools.cluster;

import java.time.Instant;

/**
 * A key that a node begins nothing with any more (docs/RULES.md R25).
 *
 * @param id another one for every fence: the same before and after says that it stood in between
 * @param liveSSTables that needed it when it was fenced: their readers go on
 */
public record FencedKey(String group, String keyId, String id, Instant since, long liveSSTables) {

  static FencedKey of(Fields fields) {
    return new FencedKey(
        fields.text("group"),
        fields.text("keyId"),
        fields.text("id"),
        Instant.parse(fields.text("since")),
        fields.number("liveSSTables"));
  }
}
