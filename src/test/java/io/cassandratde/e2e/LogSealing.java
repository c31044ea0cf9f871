package io.cassandratde.e2e;

/** Lines of cassandra.yaml that seal commit log or hints by a key of a KMIP group. */
record LogSealing(String group, String namespace) {

  String commitLog() {
    return line("commitlog_compression");
  }

  String hints() {
    return line("hints_compression");
  }

  private String line(String name) {
    return """
        %s:
          - class_name: EncryptingLZ4Compressor
            parameters:
              - key_provider: KmipKeyProviderFactory
                kmip_host: %s
                key_namespace: %s
                cipher_algorithm: AES/GCM/NoPadding
                secret_key_strength: 256
        """
        .formatted(name, group, namespace);
  }
}
