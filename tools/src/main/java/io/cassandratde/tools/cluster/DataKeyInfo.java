package io.cassandratde.tools.cluster;

import io.cassandratde.keys.KeyGroup;
import java.util.Comparator;

/**
 * A data key of the cluster's own table.
 *
 * @param master name of the master key that wraps it
 * @param namespace empty: none
 * @param version from 1, counted up within master, namespace and bits
 * @param state PENDING, ACTIVE, INACTIVE, REKEYING, DEPRECATED or RETIRED
 * @param createdAt ISO 8601, as the other times
 * @param changedAt since when it is in its state
 * @param wrappedBy id of the master key of its newest wrap; empty: it has none
 * @param wrappedByVersion of that master key; 0: the cluster never agreed on it
 * @param wraps how many it has
 */
public record DataKeyInfo(
    String master,
    String namespace,
    int bits,
    int version,
    String keyId,
    String checkValue,
    String state,
    String createdAt,
    String activeFrom,
    String changedAt,
    String wrappedBy,
    int wrappedByVersion,
    String wrappedAt,
    int wraps) {

  /** The newest of each line first. */
  public static final Comparator<DataKeyInfo> ORDER =
      Comparator.comparing(DataKeyInfo::master)
          .thenComparing(DataKeyInfo::namespace)
          .thenComparing(DataKeyInfo::bits)
          .thenComparing(DataKeyInfo::version, Comparator.reverseOrder());

  static DataKeyInfo of(Fields fields) {
    return new DataKeyInfo(
        fields.text("master"),
        fields.text("namespace"),
        (int) fields.number("bits"),
        (int) fields.number("version"),
        fields.text("keyId"),
        fields.text("checkValue"),
        fields.text("state"),
        fields.text("createdAt"),
        fields.text("activeFrom"),
        fields.text("changedAt"),
        fields.text("wrappedBy"),
        (int) fields.number("wrappedByVersion"),
        fields.text("wrappedAt"),
        (int) fields.number("wraps"));
  }

  public boolean is(String wanted) {
    return state.equals(wanted);
  }

  /** As files name it. */
  public String group() {
    return KeyGroup.replicated(master).toString();
  }

  public KeyName name() {
    return new KeyName(group(), keyId);
  }

  public boolean isOfLine(DataKeyInfo other) {
    return master.equals(other.master) && namespace.equals(other.namespace) && bits == other.bits;
  }

  /** For the operator. */
  public String line() {
    return master + (namespace.isEmpty() ? "" : ", namespace " + namespace) + ", AES:" + bits;
  }
}
