package io.cassandratde.tools.command;

import io.cassandratde.tools.cluster.ClusterInventory;
import io.cassandratde.tools.cluster.DataKeyInfo;
import io.cassandratde.tools.cluster.KeyTotals;
import io.cassandratde.tools.cluster.MasterKeyInfo;
import io.cassandratde.tools.hierarchy.Rewrapping;
import io.cassandratde.tools.output.Bytes;
import io.cassandratde.tools.output.Dates;
import io.cassandratde.tools.output.TextTable;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Data keys as {@code keys list} prints them; docs/CLI.md describes the JSON.
 *
 * @param inventory null: nobody was asked what needs them
 * @param unsound what is wrong with keys that do not open by their newest wrap
 */
record DataKeysView(
    List<DataKeyInfo> keys,
    List<MasterKeyInfo> masters,
    @Nullable ClusterInventory inventory,
    List<String> unsound,
    ZoneId zone) {

  private static final String LIVE = "live";

  List<String> lines() {
    if (keys.isEmpty()) {
      return List.of(
          "There are no such data keys: the first table of ReplicatedKeyProviderFactory makes the"
              + " first one.");
    }
    List<String> header =
        new ArrayList<>(
            List.of(
                "Master key",
                "Namespace",
                "Bits",
                "Version",
                "Key ID",
                "State",
                "Since",
                "Wrapped by",
                "Wrapped at"));
    if (inventory != null) {
      header.addAll(List.of("SSTables", "Bytes", "Other files"));
    }
    TextTable table = new TextTable(header);
    Map<String, Integer> active = MasterKeyInfo.active(masters);
    int behind = 0;
    for (DataKeyInfo key : keys) {
      boolean former = Rewrapping.needs(key, active);
      behind += former ? 1 : 0;
      List<String> row =
          new ArrayList<>(
              List.of(
                  key.master(),
                  key.namespace().isEmpty() ? "n/a" : key.namespace(),
                  String.valueOf(key.bits()),
                  String.valueOf(key.version()),
                  key.keyId(),
                  key.state(),
                  date(key.changedAt()),
                  wrappedBy(key) + (former ? " FORMER" : ""),
                  date(key.wrappedAt())));
      if (inventory != null) {
        KeyTotals.Amount live = live(key);
        row.addAll(
            List.of(
                String.valueOf(live.files()),
                Bytes.print(live.bytes()),
                String.valueOf(others(key).files())));
      }
      table.row(row);
    }
    List<String> lines = new ArrayList<>(table.lines());
    if (behind > 0) {
      lines.add(
          behind
              + " of them are wrapped by a master key that is not the active one: `cassandra-tde"
              + " keys rewrap`");
    }
    return lines;
  }

  private static String wrappedBy(DataKeyInfo key) {
    if (key.wrappedBy().isEmpty()) {
      return "n/a";
    }
    return key.wrappedByVersion() == 0
        ? key.wrappedBy()
        : key.wrappedBy() + " (version " + key.wrappedByVersion() + ")";
  }

  private String date(String instant) {
    return instant.isEmpty() ? "n/a" : Dates.print(Instant.parse(instant), zone);
  }

  private KeyTotals.Amount live(DataKeyInfo key) {
    return totals(key).stream()
        .map(totals -> totals.at(LIVE))
        .reduce(KeyTotals.Amount.NONE, KeyTotals.Amount::plus);
  }

  private KeyTotals.Amount others(DataKeyInfo key) {
    return totals(key).stream()
        .map(totals -> totals.besides(List.of(LIVE)))
        .reduce(KeyTotals.Amount.NONE, KeyTotals.Amount::plus);
  }

  private List<KeyTotals> totals(DataKeyInfo key) {
    return inventory == null
        ? List.of()
        : KeyTotals.of(inventory, use -> use.key().equals(key.name()));
  }

  Map<String, Object> json() {
    Map<String, Integer> active = MasterKeyInfo.active(masters);
    List<Object> list = new ArrayList<>();
    for (DataKeyInfo key : keys) {
      Map<String, @Nullable Object> entry = new LinkedHashMap<>();
      entry.put("master", key.master());
      entry.put("namespace", orNull(key.namespace()));
      entry.put("bits", key.bits());
      entry.put("version", key.version());
      entry.put("key", key.keyId());
      entry.put("check_value", key.checkValue());
      entry.put("state", key.state());
      entry.put("created_at", key.createdAt());
      entry.put("active_from", key.activeFrom());
      entry.put("changed_at", key.changedAt());
      entry.put("wrapped_by", orNull(key.wrappedBy()));
      entry.put("wrapped_by_version", key.wrappedByVersion());
      entry.put("wrapped_at", orNull(key.wrappedAt()));
      entry.put("wraps", key.wraps());
      entry.put("wrapped_by_active", !Rewrapping.needs(key, active));
      if (inventory != null) {
        entry.put("live_sstables", live(key).files());
        entry.put("live_bytes", live(key).bytes());
        entry.put("other_files", others(key).files());
        entry.put("other_bytes", others(key).bytes());
      }
      list.add(entry);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("keys", list);
    if (inventory != null) {
      json.put("not_read", inventory.openItems());
      json.put("not_sound", unsound);
    }
    return json;
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }
}
