package io.cassandratde.kmip.ttlv;

/** Bytes or items that are not what the protocol asks for; says where: byte offset and tag path. */
public final class TtlvException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int offset;
  private final String tagPath;

  public TtlvException(String problem, int offset, String tagPath) {
    super(problem + where(offset, tagPath));
    this.offset = offset;
    this.tagPath = tagPath;
  }

  /** A well-formed item with the wrong content; its offset is no longer known. */
  public TtlvException(String problem, String tagPath) {
    this(problem, -1, tagPath);
  }

  private static String where(int offset, String tagPath) {
    return (offset < 0 ? "" : " at byte " + offset) + (tagPath.isEmpty() ? "" : " in " + tagPath);
  }

  /** Where in the message the item starts that is wrong, or -1. */
  public int offset() {
    return offset;
  }

  /** The names of the enclosing items, such as {@code ResponseMessage/BatchItem/Operation}. */
  public String tagPath() {
    return tagPath;
  }
}
