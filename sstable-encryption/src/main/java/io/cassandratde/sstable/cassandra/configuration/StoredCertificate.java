package io.cassandratde.sstable.cassandra.configuration;

import io.cassandratde.keys.runtime.TdeRuntime;
import io.cassandratde.kmip.transport.TlsStores;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A certificate in a TLS store of a group. */
public record StoredCertificate(String group, TlsStores.Held held) {

  /** Of all groups. */
  public static List<StoredCertificate> all(TdeRuntime runtime) {
    List<StoredCertificate> all = new ArrayList<>();
    runtime
        .stores()
        .forEach(
            (group, stores) ->
                stores.certificates().forEach(held -> all.add(new StoredCertificate(group, held))));
    return all;
  }

  /** Whole days; negative: it has ended. */
  public long daysLeft(Instant now) {
    return Math.floorDiv(Duration.between(now, held.notAfter()).toSeconds(), 86_400L);
  }
}
