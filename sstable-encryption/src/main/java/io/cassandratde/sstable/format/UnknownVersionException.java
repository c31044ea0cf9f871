package io.cassandratde.sstable.format;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A layout that a later release of this project writes and this one cannot read. Readers reject it
 * as malformed, with this as the cause: a start tells the two apart, because such a file is not
 * damaged, and what helps is the later release.
 */
public final class UnknownVersionException extends IOException {

  private static final long serialVersionUID = 1L;

  public UnknownVersionException(String message) {
    super(message);
  }

  /** The cause to give where a version is read; null when no later release can have written it. */
  public static @Nullable UnknownVersionException ofVersion(String what, byte found, int known) {
    int version = Byte.toUnsignedInt(found);
    return version > known
        ? new UnknownVersionException(
            what + " of version " + version + "; this release knows version " + known)
        : null;
  }

  /** This among an exception's causes; null: it is another failure. */
  public static @Nullable UnknownVersionException in(@Nullable Throwable failure) {
    Throwable at = failure;
    while (at != null) {
      if (at instanceof UnknownVersionException found) {
        return found;
      }
      at = at.getCause();
    }
    return null;
  }
}
