package io.cassandratde.kmip.attribute;

import io.cassandratde.kmip.ttlv.TtlvType;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The standard attributes: name (KMIP 1.x), tag (KMIP 2.x), type, and whether an object may have
 * several (KMIP 1.4 chapter 3, KMIP 2.1 chapter 4).
 */
public enum AttributeType {
  UNIQUE_IDENTIFIER("Unique Identifier", 0x420094, TtlvType.TEXT_STRING, false),
  NAME("Name", 0x420053, TtlvType.STRUCTURE, true),
  OBJECT_TYPE("Object Type", 0x420057, TtlvType.ENUMERATION, false),
  CRYPTOGRAPHIC_ALGORITHM("Cryptographic Algorithm", 0x420028, TtlvType.ENUMERATION, false),
  CRYPTOGRAPHIC_LENGTH("Cryptographic Length", 0x42002A, TtlvType.INTEGER, false),
  CRYPTOGRAPHIC_PARAMETERS("Cryptographic Parameters", 0x42002B, TtlvType.STRUCTURE, true),
  CRYPTOGRAPHIC_DOMAIN_PARAMETERS(
      "Cryptographic Domain Parameters", 0x420029, TtlvType.STRUCTURE, false),
  CERTIFICATE_TYPE("Certificate Type", 0x42001D, TtlvType.ENUMERATION, false),
  CERTIFICATE_LENGTH("Certificate Length", 0x4200AD, TtlvType.INTEGER, false),
  X_509_CERTIFICATE_IDENTIFIER("X.509 Certificate Identifier", 0x4200B5, TtlvType.STRUCTURE, false),
  X_509_CERTIFICATE_SUBJECT("X.509 Certificate Subject", 0x4200B7, TtlvType.STRUCTURE, false),
  X_509_CERTIFICATE_ISSUER("X.509 Certificate Issuer", 0x4200B6, TtlvType.STRUCTURE, false),
  CERTIFICATE_IDENTIFIER("Certificate Identifier", 0x420014, TtlvType.STRUCTURE, false),
  CERTIFICATE_SUBJECT("Certificate Subject", 0x42001A, TtlvType.STRUCTURE, false),
  CERTIFICATE_ISSUER("Certificate Issuer", 0x420015, TtlvType.STRUCTURE, false),
  DIGITAL_SIGNATURE_ALGORITHM("Digital Signature Algorithm", 0x4200AE, TtlvType.ENUMERATION, true),
  DIGEST("Digest", 0x420034, TtlvType.STRUCTURE, true),
  OPERATION_POLICY_NAME("Operation Policy Name", 0x42005D, TtlvType.TEXT_STRING, false),
  CRYPTOGRAPHIC_USAGE_MASK("Cryptographic Usage Mask", 0x42002C, TtlvType.INTEGER, false),
  LEASE_TIME("Lease Time", 0x420049, TtlvType.INTERVAL, false),
  USAGE_LIMITS("Usage Limits", 0x420095, TtlvType.STRUCTURE, false),
  STATE("State", 0x42008D, TtlvType.ENUMERATION, false),
  INITIAL_DATE("Initial Date", 0x420039, TtlvType.DATE_TIME, false),
  ACTIVATION_DATE("Activation Date", 0x420001, TtlvType.DATE_TIME, false),
  PROCESS_START_DATE("Process Start Date", 0x420067, TtlvType.DATE_TIME, false),
  PROTECT_STOP_DATE("Protect Stop Date", 0x420068, TtlvType.DATE_TIME, false),
  DEACTIVATION_DATE("Deactivation Date", 0x42002F, TtlvType.DATE_TIME, false),
  DESTROY_DATE("Destroy Date", 0x420033, TtlvType.DATE_TIME, false),
  COMPROMISE_OCCURRENCE_DATE("Compromise Occurrence Date", 0x420021, TtlvType.DATE_TIME, false),
  COMPROMISE_DATE("Compromise Date", 0x420020, TtlvType.DATE_TIME, false),
  REVOCATION_REASON("Revocation Reason", 0x420081, TtlvType.STRUCTURE, false),
  ARCHIVE_DATE("Archive Date", 0x420005, TtlvType.DATE_TIME, false),
  OBJECT_GROUP("Object Group", 0x420056, TtlvType.TEXT_STRING, true),
  FRESH("Fresh", 0x4200A8, TtlvType.BOOLEAN, false),
  LINK("Link", 0x42004A, TtlvType.STRUCTURE, true),
  APPLICATION_SPECIFIC_INFORMATION(
      "Application Specific Information", 0x420004, TtlvType.STRUCTURE, true),
  CONTACT_INFORMATION("Contact Information", 0x420022, TtlvType.TEXT_STRING, false),
  LAST_CHANGE_DATE("Last Change Date", 0x420048, TtlvType.DATE_TIME, false),
  ALTERNATIVE_NAME("Alternative Name", 0x4200BF, TtlvType.STRUCTURE, true),
  KEY_VALUE_PRESENT("Key Value Present", 0x4200BB, TtlvType.BOOLEAN, false),
  KEY_VALUE_LOCATION("Key Value Location", 0x4200B8, TtlvType.STRUCTURE, true),
  ORIGINAL_CREATION_DATE("Original Creation Date", 0x4200BC, TtlvType.DATE_TIME, false),
  RANDOM_NUMBER_GENERATOR("Random Number Generator", 0x4200DE, TtlvType.STRUCTURE, false),
  PKCS_12_FRIENDLY_NAME("PKCS#12 Friendly Name", 0x4200FB, TtlvType.TEXT_STRING, false),
  DESCRIPTION("Description", 0x4200FC, TtlvType.TEXT_STRING, false),
  COMMENT("Comment", 0x4200FD, TtlvType.TEXT_STRING, false),
  SENSITIVE("Sensitive", 0x420120, TtlvType.BOOLEAN, false),
  ALWAYS_SENSITIVE("Always Sensitive", 0x420121, TtlvType.BOOLEAN, false),
  EXTRACTABLE("Extractable", 0x420122, TtlvType.BOOLEAN, false),
  NEVER_EXTRACTABLE("Never Extractable", 0x420123, TtlvType.BOOLEAN, false),
  SHORT_UNIQUE_IDENTIFIER("Short Unique Identifier", 0x420136, TtlvType.BYTE_STRING, false),
  KEY_FORMAT_TYPE("Key Format Type", 0x420042, TtlvType.ENUMERATION, false),
  NIST_KEY_TYPE("NIST Key Type", 0x42013A, TtlvType.ENUMERATION, true),
  OPAQUE_DATA_TYPE("Opaque Data Type", 0x420059, TtlvType.ENUMERATION, false),
  PROTECTION_LEVEL("Protection Level", 0x420145, TtlvType.ENUMERATION, false),
  PROTECTION_PERIOD("Protection Period", 0x420146, TtlvType.INTERVAL, false),
  PROTECTION_STORAGE_MASK("Protection Storage Mask", 0x42015E, TtlvType.INTEGER, false),
  QUANTUM_SAFE("Quantum Safe", 0x420147, TtlvType.BOOLEAN, false);

  private static final Map<String, AttributeType> BY_NAME = new HashMap<>();
  private static final Map<Integer, AttributeType> BY_TAG = new HashMap<>();

  static {
    for (AttributeType type : values()) {
      BY_NAME.put(type.specName, type);
      BY_TAG.put(type.tag, type);
    }
  }

  private final String specName;
  private final int tag;
  private final TtlvType type;
  private final boolean multiple;

  AttributeType(String specName, int tag, TtlvType type, boolean multiple) {
    this.specName = specName;
    this.tag = tag;
    this.type = type;
    this.multiple = multiple;
  }

  /** As KMIP 1.x writes it: {@code Cryptographic Length}. */
  public String specName() {
    return specName;
  }

  public int tag() {
    return tag;
  }

  public TtlvType type() {
    return type;
  }

  public boolean multiple() {
    return multiple;
  }

  public static @Nullable AttributeType ofName(String name) {
    return BY_NAME.get(name);
  }

  public static @Nullable AttributeType ofTag(int tag) {
    return BY_TAG.get(tag);
  }
}
