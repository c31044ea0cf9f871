package io.cassandratde.keys.kmip;

import io.cassandratde.keys.KeyAccessDeniedException;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.kmip.KmipAccessDeniedException;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.KmipNotFoundException;
import io.cassandratde.kmip.KmipProtocolException;
import io.cassandratde.kmip.KmipRefusedException;
import io.cassandratde.kmip.KmipTlsException;
import io.cassandratde.kmip.KmipUnavailableException;

/**
 * KMIP's failures in the words of the port: sorted by the operator's action, unchecked, without
 * causes.
 */
final class KmipFailures {

  private KmipFailures() {}

  static KeyException translate(String doing, KmipException failure) {
    if (failure instanceof KmipNotFoundException) {
      return new KeyNotFoundException(doing, failure);
    }
    if (failure instanceof KmipAccessDeniedException) {
      return new KeyAccessDeniedException(doing, failure);
    }
    if (failure instanceof KmipTlsException) {
      return new KeyConfigException(doing, failure);
    }
    if (failure instanceof KmipUnavailableException outage && outage.silent()) {
      return KeyUnavailableException.nobodyAsked(KeyException.flatten(doing, failure));
    }
    if (failure instanceof KmipUnavailableException
        || failure instanceof KmipRefusedException
        || failure instanceof KmipProtocolException) {
      return new KeyUnavailableException(doing, failure);
    }
    throw new IllegalStateException("not translated: " + failure, failure);
  }
}
