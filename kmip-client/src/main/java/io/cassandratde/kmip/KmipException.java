package io.cassandratde.kmip;

/**
 * A call that failed. The subclasses are sorted by what an operator does about it; the message
 * names the group, host, operation and key, and the remedy.
 */
public abstract sealed class KmipException extends Exception
    permits KmipUnavailableException,
        KmipNotFoundException,
        KmipAccessDeniedException,
        KmipTlsException,
        KmipRefusedException,
        KmipProtocolException {
  private static final long serialVersionUID = 1L;

  KmipException(String message, Throwable cause) {
    super(message, cause);
  }

  KmipException(String message) {
    super(message);
  }
}
