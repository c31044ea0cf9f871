package io.cassandratde.keys.pkcs11;

import io.cassandratde.keys.KeyConfigException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Which token, and which of its keys.
 *
 * @param name of this token in configuration, messages and wrapped keys; the same on all nodes
 * @param library the token's PKCS#11 library
 * @param slot the slot's id; null: by {@code slotListIndex}
 * @param slotListIndex among the slots in the library's own order
 * @param primaryKey label of the key that wraps; it unwraps too
 * @param secondaryKey label of a key that only unwraps; null: none
 */
public record Pkcs11Settings(
    String name,
    Path library,
    @Nullable Long slot,
    int slotListIndex,
    String primaryKey,
    @Nullable String secondaryKey) {

  public Pkcs11Settings {
    String path = library.toString();
    if (!library.isAbsolute() || path.matches("(?s).*[\\p{Cntrl}\"${}].*")) {
      throw new KeyConfigException(
          "the PKCS#11 library of "
              + name
              + " needs an absolute path without quotes, braces and dollar signs, not "
              + path);
    }
    if (primaryKey.equals(secondaryKey)) {
      throw new KeyConfigException(
          "primary_key and secondary_key of " + name + " name the same label, " + primaryKey);
    }
  }

  /** As SunPKCS11 reads it. */
  String configuration() {
    return "--name = tde\nlibrary = \"%s\"\n%s\n"
        .formatted(library, slot == null ? "slotListIndex = " + slotListIndex : "slot = " + slot);
  }

  @Override
  public String toString() {
    return "token " + name + " (" + place() + ")";
  }

  /** Library and slot. */
  String place() {
    return library + ", " + (slot == null ? "slot list index " + slotListIndex : "slot " + slot);
  }

  void requireLibrary() {
    if (!Files.isRegularFile(library)) {
      throw new KeyConfigException(
          this + " cannot be used: its library is not there: install it, or correct library");
    }
  }
}
