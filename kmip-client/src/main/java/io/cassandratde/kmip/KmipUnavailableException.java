package io.cassandratde.kmip;

import java.util.LinkedHashMap;
import java.util.Map;

/** No host of the group answered in time: wait, or check hosts and network. */
public final class KmipUnavailableException extends KmipException {
  private static final long serialVersionUID = 1L;

  private final LinkedHashMap<String, String> reasons;

  /**
   * A failure of every host.
   *
   * @param reasons every host tried with the reason it failed, in the order tried
   */
  public KmipUnavailableException(String message, Map<String, String> reasons) {
    super(message);
    this.reasons = new LinkedHashMap<>(reasons);
  }

  /** Host to reason, in the order tried. */
  public Map<String, String> reasons() {
    return new LinkedHashMap<>(reasons);
  }
}
