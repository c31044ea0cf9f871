package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.tools.cluster.DataKeyInfo;
import org.jspecify.annotations.Nullable;

/** Which replicated data keys a command means. */
public final class DataKeyOptions {

  @Option(
      name = {"--master"},
      title = "name",
      description = "Those under the master key of this name")
  private @Nullable String master;

  @Option(
      name = {"--namespace"},
      title = "namespace",
      description = "Those of this namespace; '' means those of none")
  private @Nullable String namespace;

  @Option(
      name = {"--bits"},
      title = "bits",
      description = "Those of this strength: 128, 192 or 256")
  private @Nullable Integer bits;

  @Nullable String master() {
    return master;
  }

  @Nullable String namespace() {
    return namespace;
  }

  @Nullable Integer bits() {
    return bits;
  }

  boolean isMeant(DataKeyInfo key) {
    return (master == null || key.master().equals(master))
        && (namespace == null || key.namespace().equals(namespace))
        && (bits == null || key.bits() == bits);
  }
}
