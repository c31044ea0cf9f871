package io.cassandratde.tools.cluster;

import org.jspecify.annotations.Nullable;

/**
 * Files on one node that hold something readable without a key.
 *
 * @param form {@code plaintext}; {@code codec}: of SSTables whose Data.db alone is encrypted
 * @param place as {@link KeyUse} calls it
 * @param table null where the files are no table's
 * @param snapshot empty in other places
 */
public record ClearFiles(
    String form, String place, @Nullable String table, String snapshot, long files, long bytes) {

  static ClearFiles of(Fields fields) {
    return new ClearFiles(
        fields.text("form"),
        fields.text("place"),
        fields.optional("table"),
        fields.text("snapshot"),
        fields.number("files"),
        fields.number("bytes"));
  }
}
