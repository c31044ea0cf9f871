package io.cassandratde.tools.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** JSON from plain maps and lists; instants go in as ISO 8601 text. */
public final class Json {
  private Json() {}

  public static String of(Object tree) {
    try {
      return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot print " + tree.getClass(), e);
    }
  }

  public static @Nullable String instant(@Nullable Instant instant) {
    return instant == null ? null : instant.toString();
  }

  /** {@code --format}'s value. */
  public static boolean wanted(String format) {
    return format.toLowerCase(Locale.ROOT).equals("json");
  }
}
