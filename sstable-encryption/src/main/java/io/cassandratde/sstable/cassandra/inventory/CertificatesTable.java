package io.cassandratde.sstable.cassandra.inventory;

import io.cassandratde.keys.runtime.TdeRuntime;
import io.cassandratde.sstable.cassandra.configuration.StoredCertificate;
import java.time.Instant;
import java.util.Date;
import org.apache.cassandra.db.marshal.LongType;
import org.apache.cassandra.db.marshal.TimestampType;
import org.apache.cassandra.db.marshal.UTF8Type;
import org.apache.cassandra.db.virtual.SimpleDataSet;

/** {@code certificates}: what the TLS stores in use hold, and when it ends. */
final class CertificatesTable extends InventoryTable {

  private final TdeRuntime runtime;

  CertificatesTable(TdeRuntime runtime) {
    super(
        define(
                "certificates",
                "certificates in the TLS stores of the key servers' groups: this node's own"
                    + " (keystore) and the authorities that it trusts (truststore)")
            .addPartitionKeyColumn("key_group", UTF8Type.instance)
            .addClusteringColumn("store", UTF8Type.instance)
            .addClusteringColumn("subject", UTF8Type.instance)
            .addClusteringColumn("serial", UTF8Type.instance)
            .addRegularColumn("not_after", TimestampType.instance)
            .addRegularColumn("days_left", LongType.instance));
    this.runtime = runtime;
  }

  @Override
  protected void fill(SimpleDataSet rows) {
    Instant now = Instant.now();
    for (StoredCertificate certificate : StoredCertificate.all(runtime)) {
      rows.row(
              certificate.group(),
              certificate.held().store(),
              certificate.held().subject(),
              certificate.held().serial())
          .column("not_after", Date.from(certificate.held().notAfter()))
          .column("days_left", certificate.daysLeft(now));
    }
  }
}
