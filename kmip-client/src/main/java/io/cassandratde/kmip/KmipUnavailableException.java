package io.cassandratde.kmip;

import java.util.LinkedHashMap;
import java.util.Map;

/** No host of the group answered in time: wait, or check hosts and network. */
public final class KmipUnavailableException extends KmipException {
  private static final long serialVersionUID = 1L;

  private final LinkedHashMap<String, String> reasons;
  private final boolean silent;

  /**
   * A failure of every host.
   *
   * @param reasons every host tried with the reason it failed, in the order tried
   * @param silent see {@link #silent()}
   */
  public KmipUnavailableException(String message, Map<String, String> reasons, boolean silent) {
    super(message);
    this.reasons = new LinkedHashMap<>(reasons);
    this.silent = silent;
  }

  /**
   * Whether no host let itself be asked: none refused a certificate, answered with something that
   * is not KMIP, or was merely busy on our side, and none may have carried out what was asked.
   */
  public boolean silent() {
    return silent;
  }

  /** Host to reason, in the order tried. */
  public Map<String, String> reasons() {
    return new LinkedHashMap<>(reasons);
  }
}
