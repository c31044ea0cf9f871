package io.cassandratde.kmip.ttlv;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tags: constants for those this project uses, names for all of KMIP 1.0-1.4 and 2.x, as in the XML
 * encoding (without blanks: {@code BatchCount}).
 */
public final class Tag {
  public static final int ACTIVATION_DATE = 0x420001;
  public static final int APPLICATION_DATA = 0x420002;
  public static final int APPLICATION_NAMESPACE = 0x420003;
  public static final int APPLICATION_SPECIFIC_INFORMATION = 0x420004;
  public static final int ARCHIVE_DATE = 0x420005;
  public static final int ATTRIBUTE = 0x420008;
  public static final int ATTRIBUTE_INDEX = 0x420009;
  public static final int ATTRIBUTE_NAME = 0x42000A;
  public static final int ATTRIBUTE_REFERENCE = 0x42013B;
  public static final int ATTRIBUTE_VALUE = 0x42000B;
  public static final int ATTRIBUTES = 0x420125;
  public static final int AUTHENTICATION = 0x42000C;
  public static final int AUTHENTICATED_ENCRYPTION_ADDITIONAL_DATA = 0x4200FE;
  public static final int AUTHENTICATED_ENCRYPTION_TAG = 0x4200FF;
  public static final int BATCH_COUNT = 0x42000D;
  public static final int BATCH_ERROR_CONTINUATION_OPTION = 0x42000E;
  public static final int BATCH_ITEM = 0x42000F;
  public static final int BATCH_ORDER_OPTION = 0x420010;
  public static final int BLOCK_CIPHER_MODE = 0x420011;
  public static final int CERTIFICATE = 0x420013;
  public static final int COMPROMISE_DATE = 0x420020;
  public static final int COMPROMISE_OCCURRENCE_DATE = 0x420021;
  public static final int CONTACT_INFORMATION = 0x420022;
  public static final int CREDENTIAL = 0x420023;
  public static final int CREDENTIAL_TYPE = 0x420024;
  public static final int CREDENTIAL_VALUE = 0x420025;
  public static final int CRYPTOGRAPHIC_ALGORITHM = 0x420028;
  public static final int CRYPTOGRAPHIC_LENGTH = 0x42002A;
  public static final int CRYPTOGRAPHIC_PARAMETERS = 0x42002B;
  public static final int CRYPTOGRAPHIC_USAGE_MASK = 0x42002C;
  public static final int CURRENT_ATTRIBUTE = 0x42013C;
  public static final int DATA = 0x4200C2;
  public static final int DEACTIVATION_DATE = 0x42002F;
  public static final int DESTROY_DATE = 0x420033;
  public static final int DIGEST = 0x420034;
  public static final int INITIAL_DATE = 0x420039;
  public static final int IV_COUNTER_NONCE = 0x42003D;
  public static final int KEY = 0x42003F;
  public static final int KEY_BLOCK = 0x420040;
  public static final int KEY_COMPRESSION_TYPE = 0x420041;
  public static final int KEY_FORMAT_TYPE = 0x420042;
  public static final int KEY_MATERIAL = 0x420043;
  public static final int KEY_VALUE = 0x420045;
  public static final int KEY_WRAP_TYPE = 0x4200F8;
  public static final int KEY_WRAPPING_DATA = 0x420046;
  public static final int LAST_CHANGE_DATE = 0x420048;
  public static final int LEASE_TIME = 0x420049;
  public static final int LOCATED_ITEMS = 0x4200D5;
  public static final int MAXIMUM_ITEMS = 0x42004F;
  public static final int MAXIMUM_RESPONSE_SIZE = 0x420050;
  public static final int NAME = 0x420053;
  public static final int NAME_TYPE = 0x420054;
  public static final int NAME_VALUE = 0x420055;
  public static final int NEW_ATTRIBUTE = 0x42013D;
  public static final int OBJECT_GROUP = 0x420056;
  public static final int OBJECT_GROUP_MEMBER = 0x4200AC;
  public static final int OBJECT_TYPE = 0x420057;
  public static final int OFFSET = 0x420058;
  public static final int OFFSET_ITEMS = 0x4200D4;
  public static final int OPAQUE_OBJECT = 0x42005B;
  public static final int OPERATION = 0x42005C;
  public static final int OPERATION_POLICY_NAME = 0x42005D;
  public static final int PADDING_METHOD = 0x42005F;
  public static final int PASSWORD = 0x4200A1;
  public static final int PGP_KEY = 0x4200BD;
  public static final int PRIVATE_KEY = 0x420064;
  public static final int PROCESS_START_DATE = 0x420067;
  public static final int PROTECT_STOP_DATE = 0x420068;
  public static final int PROTOCOL_VERSION = 0x420069;
  public static final int PROTOCOL_VERSION_MAJOR = 0x42006A;
  public static final int PROTOCOL_VERSION_MINOR = 0x42006B;
  public static final int PUBLIC_KEY = 0x42006D;
  public static final int QUERY_FUNCTION = 0x420074;
  public static final int RANDOM_IV = 0x4200C5;
  public static final int REQUEST_HEADER = 0x420077;
  public static final int REQUEST_MESSAGE = 0x420078;
  public static final int REQUEST_PAYLOAD = 0x420079;
  public static final int RESPONSE_HEADER = 0x42007A;
  public static final int RESPONSE_MESSAGE = 0x42007B;
  public static final int RESPONSE_PAYLOAD = 0x42007C;
  public static final int RESULT_MESSAGE = 0x42007D;
  public static final int RESULT_REASON = 0x42007E;
  public static final int RESULT_STATUS = 0x42007F;
  public static final int REVOCATION_MESSAGE = 0x420080;
  public static final int REVOCATION_REASON = 0x420081;
  public static final int REVOCATION_REASON_CODE = 0x420082;
  public static final int SECRET_DATA = 0x420085;
  public static final int SECRET_DATA_TYPE = 0x420086;
  public static final int SERVER_INFORMATION = 0x420088;
  public static final int SPLIT_KEY = 0x420089;
  public static final int STATE = 0x42008D;
  public static final int STORAGE_STATUS_MASK = 0x42008E;
  public static final int SYMMETRIC_KEY = 0x42008F;
  public static final int TAG_LENGTH = 0x4200CE;
  public static final int TEMPLATE = 0x420090;
  public static final int TEMPLATE_ATTRIBUTE = 0x420091;
  public static final int TIME_STAMP = 0x420092;
  public static final int UNIQUE_BATCH_ITEM_ID = 0x420093;
  public static final int UNIQUE_IDENTIFIER = 0x420094;
  public static final int USAGE_LIMITS_COUNT = 0x420096;
  public static final int USERNAME = 0x420099;
  public static final int VENDOR_IDENTIFICATION = 0x42009D;

  private static final Map<Integer, String> NAMES = new HashMap<>();
  private static final Map<String, Integer> CODES = new HashMap<>();

  static {
    for (String line : NameTable.lines("tags.txt")) {
      int blank = line.indexOf(' ');
      int code = Integer.parseInt(line.substring(0, blank), 16);
      String name = line.substring(blank + 1);
      NAMES.put(code, name);
      CODES.put(name, code);
    }
  }

  private Tag() {}

  /** The name of a tag, or its code as {@code 0x42FFFF} when it has none. */
  public static String name(int tag) {
    String name = NAMES.get(tag);
    return name == null ? String.format(Locale.ROOT, "0x%06X", tag) : name;
  }

  public static boolean isKnown(int tag) {
    return NAMES.containsKey(tag);
  }

  /** The tag of a name such as {@code BatchCount} or {@code 0x42000D}, or null. */
  public static @Nullable Integer code(String name) {
    if (name.matches("0x[0-9A-Fa-f]{6}")) {
      return Integer.parseInt(name.substring(2), 16);
    }
    return CODES.get(name);
  }
}
