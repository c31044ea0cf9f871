package io.cassandratde.kmip.devserver;

import io.cassandratde.kmip.devserver.DevServerBehaviour.Lacking;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who may set an attribute, when, and how often it may occur (the tables of chapter 3 of the KMIP
 * 1.4 specification).
 */
record AttributeRule(String name, Access access, boolean multiple, @Nullable Lacking lackedWith) {
  /** Who may change an attribute. */
  enum Access {
    /** The server alone. */
    SERVER,
    /** The client when it creates or registers the object, nobody afterwards. */
    AT_CREATION,
    /** The client, but it cannot be deleted. */
    KEPT,
    /** The client, as long as the moment it names, or its predecessor named, has not come. */
    DATE,
    /** The client, at any time. */
    CLIENT
  }

  private static final Map<String, AttributeRule> STANDARD = new LinkedHashMap<>();

  static {
    for (String name :
        new String[] {
          "Unique Identifier",
          "Object Type",
          "State",
          "Digest",
          "Initial Date",
          "Last Change Date",
          "Destroy Date",
          "Compromise Date",
          "Compromise Occurrence Date",
          "Revocation Reason",
          "Archive Date",
          "Lease Time",
          "Fresh",
          "Always Sensitive",
          "Never Extractable",
          "Key Value Present"
        }) {
      one(name, Access.SERVER);
    }
    one("Cryptographic Algorithm", Access.AT_CREATION);
    one("Cryptographic Length", Access.AT_CREATION);
    one("Original Creation Date", Access.AT_CREATION);
    one("Random Number Generator", Access.AT_CREATION);
    one("Cryptographic Usage Mask", Access.KEPT);
    one("Sensitive", Access.KEPT);
    one("Extractable", Access.KEPT);
    one("Operation Policy Name", Access.CLIENT);
    one("Contact Information", Access.CLIENT);
    one("Usage Limits", Access.CLIENT);
    one("Description", Access.CLIENT);
    one("Comment", Access.CLIENT);
    for (String name :
        new String[] {
          "Activation Date", "Process Start Date", "Protect Stop Date", "Deactivation Date"
        }) {
      STANDARD.put(name, new AttributeRule(name, Access.DATE, false, Lacking.DATES));
    }
    many("Name", null);
    many("Cryptographic Parameters", null);
    many("Object Group", Lacking.OBJECT_GROUP);
    many("Application Specific Information", Lacking.APPLICATION_SPECIFIC_INFORMATION);
    many("Link", null);
    many("Alternative Name", null);
    many("Key Value Location", null);
  }

  private static void one(String name, Access access) {
    STANDARD.put(name, new AttributeRule(name, access, false, null));
  }

  private static void many(String name, @Nullable Lacking lacking) {
    STANDARD.put(name, new AttributeRule(name, Access.CLIENT, true, lacking));
  }

  /** The rule of an attribute, or null when this server knows none of that name. */
  static @Nullable AttributeRule of(String name) {
    if (custom(name)) {
      return new AttributeRule(name, Access.CLIENT, true, Lacking.CUSTOM_ATTRIBUTES);
    }
    return STANDARD.get(name);
  }

  /**
   * Custom attributes: {@code x-} the client's, {@code y-} the server's, {@code a:b} a vendor's.
   */
  static boolean custom(String name) {
    return name.startsWith("x-") || name.startsWith("y-") || name.indexOf(':') > 0;
  }

  /** Every standard attribute this server knows. */
  static Iterable<String> names() {
    return STANDARD.keySet();
  }
}
