package io.cassandratde.e2e;

import java.util.regex.Pattern;

/** Compression options as DSE's pages write them, for one KMIP group and one key namespace. */
record Encryption(String compressor, String group, String namespace, String more) {

  static Encryption lz4(String group, String namespace) {
    return new Encryption("EncryptingLZ4Compressor", group, namespace, "");
  }

  static Encryption by(String compressor, String group, String namespace) {
    return new Encryption(compressor, group, namespace, "");
  }

  /** More options, each as {@code 'name': value}. */
  Encryption with(String options) {
    return new Encryption(compressor, group, namespace, ", " + options);
  }

  /** What stands behind WITH. */
  String options() {
    return ("compression = {'class': '%s', 'cipher_algorithm': 'AES/GCM/NoPadding', 'secret_key_strength': 256,"
            + " 'key_provider': 'KmipKeyProviderFactory', 'kmip_host': '%s', 'key_namespace': '%s'%s}")
        .formatted(compressor, group, namespace, more);
  }

  /** The log line for this namespace; see the key cache's events. */
  String currentKeyLine(String keyBefore) {
    return "Current key of group %s, namespace %s, .*\\(before: %s\\).*"
        .formatted(group, namespace, Pattern.quote(keyBefore));
  }
}
