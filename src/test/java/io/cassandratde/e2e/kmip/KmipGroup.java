package io.cassandratde.e2e.kmip;

import java.nio.file.Path;
import java.util.List;

/** One group under {@code kmip_hosts}, as an operator writes it into dse.yaml. */
public record KmipGroup(
    String name,
    List<String> hosts,
    Path keystore,
    Path truststore,
    String keystorePassword,
    String truststorePassword) {

  /** Short, so that tests see a refresh soon; the default is five minutes. */
  public static final int KEY_CACHE_MILLIS = 1000;

  /**
   * Ten times the default: a TLS handshake takes long on a machine that also builds. No more, as
   * the runbook's tests wait that long before each destroy.
   */
  public static final int TIMEOUT_MILLIS = 10_000;

  public KmipGroup named(String other) {
    return new KmipGroup(other, hosts, keystore, truststore, keystorePassword, truststorePassword);
  }

  public KmipGroup withHosts(String... others) {
    return new KmipGroup(
        name, List.of(others), keystore, truststore, keystorePassword, truststorePassword);
  }

  public String yaml() {
    return """
      %s:
        hosts: %s
        keystore_path: %s
        keystore_type: pkcs12
        keystore_password: %s
        truststore_path: %s
        truststore_type: pkcs12
        truststore_password: %s
        key_cache_millis: %d
        timeout: %d
    """
        .formatted(
            name,
            String.join(", ", hosts),
            keystore,
            keystorePassword,
            truststore,
            truststorePassword,
            KEY_CACHE_MILLIS,
            TIMEOUT_MILLIS);
  }
}
