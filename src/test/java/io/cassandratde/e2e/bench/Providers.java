package io.cassandratde.e2e.bench;

import io.cassandratde.e2e.kmip.DevServer;
import io.cassandratde.e2e.process.Distribution;
import io.cassandratde.keys.pkcs11.SoftToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A configuration that has keys of every provider, and the table options that ask for them. The
 * options are the same but for where the keys are.
 */
final class Providers {

  static final String NONE = "none";
  static final String KMIP = "kmip";

  private static final String SEALED =
      "compression = {'class': 'EncryptingLZ4Compressor', 'cipher_algorithm':"
          + " 'AES/GCM/NoPadding', 'secret_key_strength': 256, 'key_provider': '%s', %s}";

  private Providers() {}

  /** By their names, in the order of the tables of docs/PERFORMANCE.md. */
  static Map<String, String> tables() {
    Map<String, String> tables = new LinkedHashMap<>();
    tables.put(NONE, "compression = {'class': 'LZ4Compressor'}");
    tables.put(KMIP, sealed("KmipKeyProviderFactory", "'kmip_host': 'bench'"));
    tables.put("local", sealed("LocalFileSystemKeyProviderFactory", "'secret_key_file': 'table'"));
    tables.put("replicated, file", sealed("ReplicatedKeyProviderFactory", master("file")));
    tables.put("replicated, kmip", sealed("ReplicatedKeyProviderFactory", master("kmip")));
    tables.put("replicated, token", sealed("ReplicatedKeyProviderFactory", master("token")));
    tables.put("pkcs11", sealed("Pkcs11KeyProviderFactory", "'pkcs11': 'hsm'"));
    return tables;
  }

  private static String master(String name) {
    return "'system_key_file': '" + name + "'";
  }

  private static String sealed(String provider, String where) {
    return SEALED.formatted(provider, where);
  }

  /** Makes the keys, and the file that names them. */
  static Path config(Path directory, Distribution distribution, DevServer kmip) throws IOException {
    try {
      SoftToken token = SoftToken.unused();
      token.makeKey("bench", 256);
      Path keys = Files.createDirectories(directory.resolve("keys"));
      Path pin = privately(directory.resolve("pin"), SoftToken.PIN);
      Path config =
          privately(
              directory.resolve("tde.yaml"),
              """
              system_key_directory: %s
              pkcs11:
                hsm: {library: %s, slot: %d, pin: {file: %s}, primary_key: bench}
              replicated_keys:
                directory: %s
                master_keys:
                  file: {system_key_file: master}
                  kmip: {kmip_host: bench, key_namespace: masters}
                  token: {pkcs11: hsm}
              kmip_hosts:
              %s"""
                  .formatted(
                      keys,
                      SoftToken.LIBRARY,
                      token.slot(),
                      pin,
                      directory.resolve("copies"),
                      kmip.group("bench").yaml()));
      for (String name : new String[] {"table", "master"}) {
        distribution.cassandraTde(config, "createsystemkey", "AES", "256", name).orFail();
      }
      return config;
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path privately(Path file, String content) throws IOException {
    Files.writeString(file, content);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }
}
