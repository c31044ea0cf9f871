package io.cassandratde.kmip.transport;

import io.cassandratde.kmip.KmipTlsException;
import io.cassandratde.kmip.TlsSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Collections;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Reads the stores once; every failure names the file and the option to look at. */
final class TlsContexts {
  private TlsContexts() {}

  static SSLContext load(String group, TlsSettings tls) throws KmipTlsException {
    char[] keyPassword = tls.keystorePassword();
    char[] trustPassword = tls.truststorePassword();
    try {
      KeyStore keys = keystore(group, tls, keyPassword);
      requireEntry(group, "keystore", tls.keystore(), keys, true);
      KeyStore trusted =
          store(
              group,
              "truststore",
              tls.truststore(),
              tls.truststoreType(),
              trustPassword,
              tls.truststorePasswordSource());
      requireEntry(group, "truststore", tls.truststore(), trusted, false);
      KeyManagerFactory keyManagers =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keyManagers.init(keys, keyPassword);
      TrustManagerFactory trustManagers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trustManagers.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new KmipTlsException(
          "KMIP group '%s': the private key in %s cannot be used with %s; give the key the store's password (%s)"
              .formatted(group, tls.keystore(), tls.keystorePasswordSource(), e.getMessage()),
          e);
    } finally {
      Arrays.fill(keyPassword, '\0');
      Arrays.fill(trustPassword, '\0');
    }
  }

  static KeyStore keystore(String group, TlsSettings tls, char[] password) throws KmipTlsException {
    return store(
        group,
        "keystore",
        tls.keystore(),
        tls.keystoreType(),
        password,
        tls.keystorePasswordSource());
  }

  private static KeyStore store(
      String group, String option, Path file, String type, char[] password, String source)
      throws KmipTlsException {
    if (!Files.isReadable(file)) {
      throw new KmipTlsException(
          "KMIP group '%s': %s_path %s does not exist or cannot be read by this user"
              .formatted(group, option, file));
    }
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance(type);
      store.load(in, password);
      return store;
    } catch (IOException | GeneralSecurityException e) {
      throw new KmipTlsException(
          "KMIP group '%s': %s_path %s does not open as %s with %s (%s); correct the password or %s_type"
              .formatted(group, option, file, type, source, e.getMessage(), option),
          e);
    }
  }

  /**
   * A store without what it is for fails at the first handshake, with a message that helps nobody.
   */
  private static void requireEntry(
      String group, String option, Path file, KeyStore store, boolean privateKey)
      throws KmipTlsException {
    try {
      for (String alias : Collections.list(store.aliases())) {
        if (privateKey ? store.isKeyEntry(alias) : store.isCertificateEntry(alias)) {
          return;
        }
      }
    } catch (GeneralSecurityException e) {
      throw new KmipTlsException(
          "KMIP group '%s': %s_path %s cannot be listed (%s)"
              .formatted(group, option, file, e.getMessage()),
          e);
    }
    throw new KmipTlsException(
        "KMIP group '%s': %s_path %s holds no %s"
            .formatted(group, option, file, privateKey ? "private key" : "trusted certificate"));
  }
}
