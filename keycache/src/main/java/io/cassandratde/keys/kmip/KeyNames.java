package io.cassandratde.keys.kmip;

import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names of keys: {@code <uuid>_<n>} as DSE gives them. Where a server can store a namespace in no
 * attribute, it stands before the name: {@code <namespace>/<uuid>_<n>}. ASCII only, because servers
 * differ in what else they take.
 */
final class KeyNames {

  private static final String PROBE = "cassandra-tde-probe_";
  private static final String UUID_FORM =
      "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}_\\d+";
  private static final Pattern OURS = Pattern.compile("(?:(.+)/)?" + UUID_FORM);

  private KeyNames() {}

  static String random() {
    return UUID.randomUUID() + "_0";
  }

  static String withNamespace(String namespace, String name) {
    return namespace + "/" + name;
  }

  /** A throwaway key of the probe before a revoke; it never seals, even if it is left behind. */
  static String probe() {
    return PROBE + UUID.randomUUID();
  }

  static boolean isProbe(@Nullable String name) {
    return name != null && name.startsWith(PROBE);
  }

  static boolean isOurs(@Nullable String name) {
    return name != null && OURS.matcher(name).matches();
  }

  /** What {@link #withNamespace} was given for a name. */
  static @Nullable String withoutNamespace(@Nullable String name) {
    String namespace = namespaceOf(name);
    return name == null || namespace == null ? name : name.substring(namespace.length() + 1);
  }

  /** The namespace in front of the name, or null. */
  static @Nullable String namespaceOf(@Nullable String name) {
    if (name == null) {
      return null;
    }
    Matcher matcher = OURS.matcher(name);
    return matcher.matches() ? matcher.group(1) : null;
  }
}
