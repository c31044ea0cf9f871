package io.cassandratde.sstable.bench;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.local.SystemKeyFile;
import io.cassandratde.keys.pkcs11.SoftToken;
import io.cassandratde.keys.runtime.TdeRuntime;
import io.cassandratde.kmip.devserver.KmipDevServer;
import io.cassandratde.kmip.devserver.TestStores;
import io.cassandratde.sstable.format.Salts;
import io.cassandratde.sstable.format.carrier.SSTableUid;
import io.cassandratde.sstable.format.carrier.StatisticsFile;
import io.cassandratde.sstable.format.carrier.StatisticsPart;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * Where keys of {@link KeyWork} are: {@code file}, {@code kmip} and {@code token} have the master
 * key of replicated keys; {@code direct-kmip} and {@code direct-token} wrap SSTables' keys
 * themselves.
 */
final class KeyPlaces implements AutoCloseable {

  private static final String LABEL = "bench";

  private final String kind;
  private final Path config;
  private final @Nullable KmipDevServer server;
  private final @Nullable SoftToken token;

  private KeyPlaces(
      String kind, Path config, @Nullable KmipDevServer server, @Nullable SoftToken token) {
    this.kind = kind;
    this.config = config;
    this.server = server;
    this.token = token;
  }

  /** Makes the master key, and a configuration that names it. */
  static KeyPlaces of(String kind, Path directory) throws Exception {
    KmipDevServer server = null;
    SoftToken token = null;
    String section;
    String source;
    switch (kind) {
      case "file" -> {
        SystemKeyFile.create(directory.resolve(LABEL), CipherSpec.AES_256);
        section = "";
        source = "system_key_file: " + LABEL;
      }
      case "kmip", "direct-kmip" -> {
        server = KmipDevServer.start(TestStores.get().serverSettings());
        section = kmip(server);
        source = "kmip_host: vault, key_namespace: " + LABEL;
      }
      case "token", "direct-token" -> {
        token = SoftToken.unused();
        token.makeKey(LABEL, 256);
        Path pin = Files.writeString(directory.resolve("pin"), SoftToken.PIN);
        Files.setPosixFilePermissions(pin, PosixFilePermissions.fromString("rw-------"));
        section =
            "pkcs11: {hsm: {library: %s, slot: %d, pin: {file: pin}, primary_key: %s}}%n"
                .formatted(SoftToken.LIBRARY, token.slot(), LABEL);
        source = "pkcs11: hsm";
      }
      default -> throw new IllegalArgumentException("no master key is kept in " + kind);
    }
    Path config = directory.resolve("tde.yaml");
    Files.writeString(
        config,
        section
            + "replicated_keys: {directory: copies, master_keys: {%s: {%s}}}%n"
                .formatted(LABEL, source));
    return new KeyPlaces(kind, config, server, token);
  }

  private static String kmip(KmipDevServer server) {
    TestStores stores = TestStores.get();
    String password = new String(stores.password());
    return """
        kmip_hosts:
          vault:
            hosts: 127.0.0.1:%d
            keystore_path: %s
            keystore_type: pkcs12
            keystore_password: %s
            truststore_path: %s
            truststore_type: pkcs12
            truststore_password: %s
            timeout: 60000
        """
        .formatted(server.port(), stores.client(), password, stores.truststore(), password);
  }

  Path config() {
    return config;
  }

  /** Of the keys of this number. */
  KeySpec spec(int number) {
    return switch (kind) {
      case "direct-kmip" -> KeySpec.kmip("vault", "ns" + number, CipherSpec.AES_256);
      case "direct-token" -> KeySpec.pkcs11("hsm", CipherSpec.AES_256);
      default -> KeySpec.replicated(LABEL, "ns" + number, CipherSpec.AES_256);
    };
  }

  /** Statistics.db, sealed. */
  static List<StatisticsFile.Part> parts(
      List<String> names, SSTableUid uid, KeySpec spec, DataKey current, TdeRuntime runtime) {
    List<StatisticsFile.Part> parts = new ArrayList<>();
    for (String name : names) {
      parts.add(
          StatisticsFile.Part.sealed(
              parts.size(),
              StatisticsPart.seal(
                  uid,
                  name,
                  spec,
                  new byte[500],
                  () -> current,
                  Salts.ofOperatingSystem(),
                  runtime.hkdf(),
                  runtime.cryptoProvider())));
    }
    return parts;
  }

  /** How often the token was asked to open something; 0: there is none. */
  int unwraps(int sstables, int dataKeys, int parts) {
    return switch (kind) {
      case "token" -> dataKeys;
      // What a token opened of a carrier stays in memory for its other files.
      case "direct-token" -> sstables * (1 + parts);
      default -> 0;
    };
  }

  /** As many decryptions of 32 bytes by the token, with nothing but the JDK. */
  double rawSeconds(int count, int threads) throws Exception {
    SoftToken there = token;
    if (there == null) {
      throw new IllegalStateException("no token in " + kind);
    }
    Path pkcs11 = Files.createTempFile("pkcs11", ".cfg");
    Files.writeString(
        pkcs11, "name = raw\nlibrary = %s\nslot = %d\n".formatted(SoftToken.LIBRARY, there.slot()));
    Provider provider = Security.getProvider("SunPKCS11").configure(pkcs11.toString());
    Files.delete(pkcs11);
    KeyStore store = KeyStore.getInstance("PKCS11", provider);
    store.load(null, SoftToken.PIN.toCharArray());
    SecretKey key = (SecretKey) store.getKey(LABEL, null);
    byte[] nonce = new byte[12];
    new SecureRandom().nextBytes(nonce);
    byte[] aad = new byte[60];
    byte[] sealed = gcm(Cipher.ENCRYPT_MODE, provider, key, nonce, aad, new byte[32]);
    Callable<Object> one = () -> gcm(Cipher.DECRYPT_MODE, provider, key, nonce, aad, sealed);
    KeyWork.together(threads, Collections.nCopies(Math.min(count, 1000), one));
    long start = System.nanoTime();
    KeyWork.together(threads, Collections.nCopies(count, one));
    return (System.nanoTime() - start) / 1e9;
  }

  private static byte[] gcm(
      int mode, Provider provider, SecretKey key, byte[] nonce, byte[] aad, byte[] bytes)
      throws Exception {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    cipher.init(mode, key, new GCMParameterSpec(128, nonce));
    cipher.updateAAD(aad);
    return cipher.doFinal(bytes);
  }

  @Override
  public void close() {
    KmipDevServer started = server;
    if (started != null) {
      started.close();
    }
  }
}
