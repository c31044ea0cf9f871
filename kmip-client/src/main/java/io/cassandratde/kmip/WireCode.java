package io.cassandratde.kmip;

import org.jspecify.annotations.Nullable;

/** An enum constant that has a number on the wire. */
public interface WireCode {
  int code();

  /** The constant with this number, or null: servers may send what we do not know. */
  static <E extends Enum<E> & WireCode> @Nullable E of(Class<E> type, int code) {
    for (E constant : type.getEnumConstants()) {
      if (constant.code() == code) {
        return constant;
      }
    }
    return null;
  }
}
