package io.cassandratde.kmip.transport;

import io.cassandratde.kmip.KmipSettings;
import io.cassandratde.kmip.KmipTlsException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Who a client is to the servers of its group. */
public final class ClientIdentity {

  private ClientIdentity() {}

  /**
   * The subject of the certificate in the keystore, in the form of RFC 2253; of all that have a
   * private key, where there are several and the handshake chooses.
   *
   * @throws KmipTlsException the keystore cannot be used
   */
  public static String subject(KmipSettings settings) throws KmipTlsException {
    char[] password = settings.tls().keystorePassword();
    try {
      KeyStore store = TlsStores.keystore(settings.group(), settings.tls(), password);
      List<String> subjects = new ArrayList<>();
      for (String alias : Collections.list(store.aliases())) {
        Certificate certificate = store.getCertificate(alias);
        if (store.isKeyEntry(alias) && certificate instanceof X509Certificate x509) {
          subjects.add(x509.getSubjectX500Principal().getName());
        }
      }
      return String.join(" | ", subjects);
    } catch (GeneralSecurityException e) {
      throw new KmipTlsException(
          "KMIP group '%s': keystore_path %s cannot be listed (%s)"
              .formatted(settings.group(), settings.tls().keystore(), e.getMessage()),
          e);
    } finally {
      Arrays.fill(password, '\0');
    }
  }
}
