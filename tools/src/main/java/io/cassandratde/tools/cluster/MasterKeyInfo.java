package io.cassandratde.tools.cluster;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A version of a master key, as the cluster has agreed on it or is about to.
 *
 * @param source where the asked node has it from
 * @param state PROPOSED, ACTIVE, FORMER or ABORTED
 * @param proposedBy host id
 * @param activatedAt ISO 8601; empty: never
 * @param reports by host id: the check value of what the node has, or why it has nothing
 * @param awaited host ids of members that have not reported
 */
public record MasterKeyInfo(
    String name,
    int version,
    String source,
    String keyId,
    String checkValue,
    String state,
    String proposedBy,
    String proposedAt,
    String activatedAt,
    Map<String, String> reports,
    List<String> awaited) {

  /** The newest of each name first. */
  public static final Comparator<MasterKeyInfo> ORDER =
      Comparator.comparing(MasterKeyInfo::name)
          .thenComparing(MasterKeyInfo::version, Comparator.reverseOrder());

  static MasterKeyInfo of(Fields fields) {
    return new MasterKeyInfo(
        fields.text("name"),
        (int) fields.number("version"),
        fields.text("source"),
        fields.text("keyId"),
        fields.text("checkValue"),
        fields.text("state"),
        fields.text("proposedBy"),
        fields.text("proposedAt"),
        fields.text("activatedAt"),
        fields.pairs("reports"),
        fields.texts("awaited"));
  }

  /** The version that wraps now, by name; the cluster may have agreed on none of a name yet. */
  public static Map<String, Integer> active(List<MasterKeyInfo> all) {
    return all.stream()
        .filter(key -> key.is("ACTIVE"))
        .collect(
            Collectors.toMap(MasterKeyInfo::name, MasterKeyInfo::version, (one, later) -> later));
  }

  public boolean is(String wanted) {
    return state.equals(wanted);
  }
}
