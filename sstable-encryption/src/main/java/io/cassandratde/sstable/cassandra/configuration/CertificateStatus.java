package io.cassandratde.sstable.cassandra.configuration;

import java.time.Instant;

/** A certificate, as {@link ConfigurationMXBean} shows it. */
public final class CertificateStatus {

  private final StoredCertificate certificate;
  private final long daysLeft;

  CertificateStatus(StoredCertificate certificate, Instant now) {
    this.certificate = certificate;
    this.daysLeft = certificate.daysLeft(now);
  }

  public String getGroup() {
    return certificate.group();
  }

  /** {@code keystore}: this node's own; {@code truststore}: an authority that it trusts. */
  public String getStore() {
    return certificate.held().store();
  }

  public String getSubject() {
    return certificate.held().subject();
  }

  /** In hexadecimal. */
  public String getSerial() {
    return certificate.held().serial();
  }

  /** ISO 8601, UTC. */
  public String getNotAfter() {
    return certificate.held().notAfter().toString();
  }

  /** Whole days; negative: it has ended. */
  public long getDaysLeft() {
    return daysLeft;
  }
}
