package io.cassandratde.kmip.interop;

import io.cassandratde.kmip.devserver.TestStores;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Collections;

/** The stores of the tests in the form that Python's ssl module reads. */
record PemFiles(Path certificate, Path key, Path authority) {
  static PemFiles write(Path dir) throws IOException, GeneralSecurityException {
    TestStores stores = TestStores.get();
    KeyStore server = load(stores.server());
    String alias = "server";
    Path key = dir.resolve("server.key");
    Files.writeString(
        key, pem("PRIVATE KEY", server.getKey(alias, stores.password()).getEncoded()));
    Path certificate = dir.resolve("server.pem");
    Files.writeString(certificate, certificate(server, alias));
    KeyStore trusted = load(stores.truststore());
    StringBuilder authorities = new StringBuilder();
    for (String name : Collections.list(trusted.aliases())) {
      authorities.append(certificate(trusted, name));
    }
    Path authority = dir.resolve("ca.pem");
    Files.writeString(authority, authorities);
    return new PemFiles(certificate, key, authority);
  }

  private static KeyStore load(Path file) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, TestStores.get().password());
    }
    return store;
  }

  private static String certificate(KeyStore store, String alias) throws GeneralSecurityException {
    return pem("CERTIFICATE", store.getCertificate(alias).getEncoded());
  }

  private static String pem(String what, byte[] der) {
    String base64 =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(what, base64, what);
  }
}
