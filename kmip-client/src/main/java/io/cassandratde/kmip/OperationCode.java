package io.cassandratde.kmip;

import io.cassandratde.kmip.ttlv.EnumTable;

/** Operations by their number on the wire (KMIP 1.4 section 9.1.3.2.27, KMIP 2.1 section 11.34). */
public enum OperationCode implements WireCode {
  CREATE(0x1),
  CREATE_KEY_PAIR(0x2),
  REGISTER(0x3),
  RE_KEY(0x4),
  DERIVE_KEY(0x5),
  CERTIFY(0x6),
  RE_CERTIFY(0x7),
  LOCATE(0x8),
  CHECK(0x9),
  GET(0xA),
  GET_ATTRIBUTES(0xB),
  GET_ATTRIBUTE_LIST(0xC),
  ADD_ATTRIBUTE(0xD),
  MODIFY_ATTRIBUTE(0xE),
  DELETE_ATTRIBUTE(0xF),
  OBTAIN_LEASE(0x10),
  GET_USAGE_ALLOCATION(0x11),
  ACTIVATE(0x12),
  REVOKE(0x13),
  DESTROY(0x14),
  ARCHIVE(0x15),
  RECOVER(0x16),
  VALIDATE(0x17),
  QUERY(0x18),
  CANCEL(0x19),
  POLL(0x1A),
  NOTIFY(0x1B),
  PUT(0x1C),
  RE_KEY_KEY_PAIR(0x1D),
  DISCOVER_VERSIONS(0x1E),
  ENCRYPT(0x1F),
  DECRYPT(0x20),
  SIGN(0x21),
  SIGNATURE_VERIFY(0x22),
  MAC(0x23),
  MAC_VERIFY(0x24),
  RNG_RETRIEVE(0x25),
  RNG_SEED(0x26),
  HASH(0x27),
  CREATE_SPLIT_KEY(0x28),
  JOIN_SPLIT_KEY(0x29),
  IMPORT(0x2A),
  EXPORT(0x2B),
  SET_ATTRIBUTE(0x31);

  private final int code;

  OperationCode(int code) {
    this.code = code;
  }

  @Override
  public int code() {
    return code;
  }

  /** As in the specification: {@code GetAttributes}. */
  public String label() {
    EnumTable table = EnumTable.of("Operation");
    String name = table == null ? null : table.name(code);
    return name == null ? name() : name;
  }
}
