package io.cassandratde.tools.cluster;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A key that a backup away from the nodes needs, until a date. */
public record BackupHold(
    String name,
    String group,
    String keyId,
    String checkValue,
    Instant holdUntil,
    String note,
    String registeredAt) {

  static BackupHold of(Fields fields) {
    return new BackupHold(
        fields.text("name"),
        fields.text("group"),
        fields.text("keyId"),
        fields.text("checkValue"),
        Instant.parse(fields.text("holdUntil")),
        text(fields.optional("note")),
        text(fields.optional("registeredAt")));
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }
}
