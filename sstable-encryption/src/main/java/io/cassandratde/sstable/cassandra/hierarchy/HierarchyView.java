package io.cassandratde.sstable.cassandra.hierarchy;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.replicated.DataKeyRow;
import io.cassandratde.keys.replicated.DataKeyState;
import io.cassandratde.keys.replicated.KeyWrap;
import io.cassandratde.keys.replicated.StoredKey;
import io.cassandratde.sstable.cassandra.hierarchy.MasterKeyVersion.State;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Data keys and master keys as operators see them: one reading of the tables. */
record HierarchyView(List<StoredKey> keys, List<MasterKeyVersion> masters) {

  static final HierarchyView NONE = new HierarchyView(List.of(), List.of());

  private static final Comparator<StoredKey> ORDER =
      Comparator.comparing((StoredKey key) -> key.row().line().master())
          .thenComparing(key -> key.row().line().namespace())
          .thenComparing(key -> key.row().line().cipher().bits())
          .thenComparing(key -> key.row().version(), Comparator.reverseOrder());

  /** All but those that were removed. */
  List<DataKeyStatus> dataKeys() {
    return keys.stream()
        .filter(key -> key.row().state() != DataKeyState.REMOVED)
        .sorted(ORDER)
        .map(this::status)
        .toList();
  }

  private DataKeyStatus status(StoredKey key) {
    DataKeyRow row = key.row();
    KeyWrap newest = key.wraps().isEmpty() ? null : key.wraps().get(0);
    return new DataKeyStatus(
        row.line().master(),
        row.line().namespace(),
        row.line().cipher().bits(),
        row.version(),
        row.keyId().toString(),
        DataKeyRows.hex(row.checkValue()),
        row.state().name(),
        row.createdAt().toString(),
        row.activeFrom().toString(),
        row.changedAt().toString(),
        newest == null ? "" : newest.wrapped().masterKey().keyId(),
        newest == null ? 0 : version(row.line().master(), newest.wrapped().masterKey()),
        newest == null ? "" : newest.wrappedAt().toString(),
        key.wraps().size());
  }

  /** The newest that is this key; 0: none is. */
  private int version(String master, KeyReference key) {
    return masters.stream()
        .filter(each -> each.name().equals(master) && each.state() == State.ACTIVE)
        .filter(each -> each.reference().equals(key))
        .mapToInt(MasterKeyVersion::version)
        .max()
        .orElse(0);
  }

  /** Versions of a name, newest first. */
  List<MasterKeyVersion> of(String name) {
    return masters.stream()
        .filter(each -> each.name().equals(name))
        .sorted(Comparator.comparing(MasterKeyVersion::version).reversed())
        .toList();
  }

  List<String> names() {
    return masters.stream().map(MasterKeyVersion::name).distinct().sorted().toList();
  }

  /** How many keys are in a state. */
  long count(DataKeyState state) {
    return keys.stream().filter(key -> key.row().state() == state).count();
  }

  /**
   * How many keys that open have their newest wrap under another master key than the active one.
   */
  long underOtherMasters() {
    return keys.stream()
        .filter(
            key ->
                key.row().state() != DataKeyState.REMOVED
                    && key.row().state() != DataKeyState.RETIRED
                    && !key.wraps().isEmpty())
        .filter(
            key -> {
              MasterKeyVersion active = MasterKeyVersions.active(of(key.row().line().master()));
              return active == null
                  || !active.reference().equals(key.wraps().get(0).wrapped().masterKey());
            })
        .count();
  }

  long openProposals() {
    return names().stream().filter(name -> MasterKeyVersions.open(of(name)) != null).count();
  }

  static MasterKeyStatus status(
      MasterKeyVersion version, @Nullable MasterKeyVersion active, MasterAgreement agreement) {
    Instant activated = version.activatedAt();
    boolean former =
        version.state() == State.ACTIVE && active != null && active.version() != version.version();
    return new MasterKeyStatus(
        version.name(),
        version.version(),
        version.source(),
        version.reference().keyId(),
        DataKeyRows.hex(version.reference().checkValue()),
        former ? "FORMER" : version.state().name(),
        version.by().toString(),
        version.at().toString(),
        activated == null ? "" : activated.toString(),
        strings(agreement.said()),
        agreement.awaited().keySet().stream().map(UUID::toString).toList());
  }

  private static Map<String, String> strings(Map<UUID, String> said) {
    return said.entrySet().stream()
        .collect(Collectors.toMap(each -> each.getKey().toString(), Map.Entry::getValue));
  }
}
