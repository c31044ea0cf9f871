package io.cassandratde.tools.jmx;

import org.jspecify.annotations.Nullable;

/**
 * A member of the cluster, up or down, as another one knows it.
 *
 * @param endpoint {@code address:storageport}
 * @param datacenter null where the snitch does not tell, as {@code rack}
 */
public record Member(
    String endpoint,
    String hostId,
    @Nullable String datacenter,
    @Nullable String rack,
    boolean isUp) {

  /** {@code dc1/rack1}. */
  public String place() {
    return (datacenter == null ? "?" : datacenter) + "/" + (rack == null ? "?" : rack);
  }
}
