package io.cassandratde.kmip;

/** Bits of the Cryptographic Usage Mask (KMIP 1.4 section 9.1.3.3.1). */
public final class UsageMask {
  public static final int SIGN = 0x1;
  public static final int VERIFY = 0x2;
  public static final int ENCRYPT = 0x4;
  public static final int DECRYPT = 0x8;
  public static final int WRAP_KEY = 0x10;
  public static final int UNWRAP_KEY = 0x20;
  public static final int EXPORT = 0x40;
  public static final int MAC_GENERATE = 0x80;
  public static final int MAC_VERIFY = 0x100;
  public static final int DERIVE_KEY = 0x200;

  /** What a data key needs. */
  public static final int ENCRYPT_DECRYPT = ENCRYPT | DECRYPT;

  private UsageMask() {}
}
