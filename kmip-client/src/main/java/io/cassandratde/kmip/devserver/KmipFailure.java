package io.cassandratde.kmip.devserver;

/** Ends one batch item with Operation Failed; unchecked because every handler may, deep inside. */
final class KmipFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The Result Reasons this server gives (KMIP 1.4 specification, 9.1.3.2.29, and 2.1, 11.48). */
  enum Reason {
    ITEM_NOT_FOUND(0x01),
    RESPONSE_TOO_LARGE(0x02),
    INVALID_MESSAGE(0x04),
    OPERATION_NOT_SUPPORTED(0x05),
    MISSING_DATA(0x06),
    INVALID_FIELD(0x07),
    FEATURE_NOT_SUPPORTED(0x08),
    CRYPTOGRAPHIC_FAILURE(0x0A),
    ILLEGAL_OPERATION(0x0B),
    PERMISSION_DENIED(0x0C),
    OBJECT_ARCHIVED(0x0D),
    KEY_FORMAT_TYPE_NOT_SUPPORTED(0x10),
    KEY_VALUE_NOT_PRESENT(0x13),
    SENSITIVE(0x16),
    NOT_EXTRACTABLE(0x17),
    GENERAL_FAILURE(0x100);

    private final int code;

    Reason(int code) {
      this.code = code;
    }
  }

  private final int reasonCode;

  KmipFailure(Reason reason, String message) {
    this(reason.code, message);
  }

  KmipFailure(int reasonCode, String message) {
    super(message);
    this.reasonCode = reasonCode;
  }

  int reasonCode() {
    return reasonCode;
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
