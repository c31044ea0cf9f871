package io.cassandratde.kmip;

/** No trusted connection: fix the certificate, the host name, the store file or its password. */
public final class KmipTlsException extends KmipException {
  private static final long serialVersionUID = 1L;

  public KmipTlsException(String message) {
    super(message);
  }

  public KmipTlsException(String message, Throwable cause) {
    super(message, cause);
  }
}
