package io.cassandratde.kmip.conformance;

import io.cassandratde.kmip.conformance.XmlCase.Element;
import io.cassandratde.kmip.ttlv.TtlvItem;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the {@code $NAME}s of a case stand for: {@code $NOW} for the moment the case started, the
 * others for values of live responses.
 */
final class Placeholders {
  private final Instant now;
  private final Map<String, String> bound = new HashMap<>();

  /** Official values that the server generated anew, by what it generated instead. */
  private final Map<String, String> substitutes = new HashMap<>();

  /** The value last seen under each tag, in XML form. */
  private final Map<String, String> lastSeen = new HashMap<>();

  Placeholders(Instant now) {
    this.now = now.truncatedTo(ChronoUnit.SECONDS);
  }

  Placeholders copy() {
    Placeholders copy = new Placeholders(now);
    copy.bound.putAll(bound);
    copy.substitutes.putAll(substitutes);
    copy.lastSeen.putAll(lastSeen);
    return copy;
  }

  static boolean isPlaceholder(Element element) {
    return element.text().startsWith("$");
  }

  static boolean isTime(Element element) {
    return element.text().startsWith("$NOW");
  }

  Instant time(Element element) {
    String offset = element.text().substring("$NOW".length());
    return offset.isEmpty() ? now : now.plusSeconds(Long.parseLong(offset));
  }

  @Nullable String value(Element placeholder) {
    return isTime(placeholder) ? time(placeholder).toString() : bound.get(placeholder.text());
  }

  void bind(Element placeholder, TtlvItem actual) {
    bound.put(placeholder.text(), xml(actual));
  }

  /** Remembers what the server generated in place of an official value. */
  void substitute(Element official, TtlvItem actual) {
    substitutes.put(key(official), xml(actual));
  }

  @Nullable String substituteOf(Element official) {
    return substitutes.get(key(official));
  }

  void seen(String tag, TtlvItem actual) {
    if (actual instanceof TtlvItem.Bytes) {
      lastSeen.put(tag, xml(actual));
    }
  }

  /** For requests: live values in place of placeholders and of values that were generated anew. */
  Element resolve(Element element) {
    if (!isPlaceholder(element)) {
      String substitute = element.type().equals("ByteString") ? substituteOf(element) : null;
      return substitute == null ? element : element.withValue(substitute);
    }
    String value = value(element);
    if (value == null) {
      // $DATA_0, $MAC_DATA and $IV_COUNTER_NONCE: the value of that tag in the latest response.
      value = lastSeen.get(element.tag());
    }
    if (value == null) {
      throw new IllegalStateException("nothing is bound to " + element.text());
    }
    return element.withValue(value);
  }

  private static String key(Element official) {
    return official.text().toLowerCase(Locale.ROOT);
  }

  private static String xml(TtlvItem item) {
    if (item instanceof TtlvItem.Text text) {
      return text.value();
    }
    if (item instanceof TtlvItem.Bytes bytes) {
      return HexFormat.of().formatHex(bytes.value());
    }
    throw new IllegalArgumentException("no placeholder stands for a " + item.type());
  }
}
