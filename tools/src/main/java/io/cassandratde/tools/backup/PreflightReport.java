package io.cassandratde.tools.backup;

import io.cassandratde.tools.backup.KeyCheck.Outcome;
import io.cassandratde.tools.output.Bytes;
import io.cassandratde.tools.output.Json;
import io.cassandratde.tools.output.TextTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What {@code preflight} prints.
 *
 * @param unread of the manifests: more keys may be needed than stand here
 * @param restorable every key can be had, and no other can be needed
 */
public record PreflightReport(
    List<KeyCheck> checks, List<Manifest.Unread> unread, boolean restorable) {

  public PreflightReport {
    checks = List.copyOf(checks);
    unread = List.copyOf(unread);
  }

  public String json() {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("restorable", restorable);
    List<Object> keys = new ArrayList<>();
    for (KeyCheck check : checks) {
      Map<String, @Nullable Object> key = ManifestJson.key(check.key());
      key.put("outcome", check.outcome().name().toLowerCase(Locale.ROOT));
      key.put("state", check.state());
      key.put("detail", check.detail().isEmpty() ? null : check.detail());
      keys.add(key);
    }
    tree.put("keys", keys);
    tree.put("unread", unread.size());
    return Json.of(tree);
  }

  public List<String> lines() {
    TextTable table =
        new TextTable(
            List.of("Group", "Key ID", "State", "Outcome", "Files", "Bytes", "Needed by"));
    for (KeyCheck check : checks) {
      NeededKey key = check.key();
      table.row(
          List.of(
              key.groupOrTag(),
              key.reference().keyId(),
              check.state() == null ? "n/a" : check.state(),
              check.outcome().text(),
              String.valueOf(key.files()),
              Bytes.print(key.bytes()),
              Stream.concat(
                      key.tables().stream().map(NeededKey.Table::name),
                      key.others().stream().map(other -> other.kind().replace('_', ' ')))
                  .collect(Collectors.joining(", "))));
    }
    List<String> lines = new ArrayList<>(table.lines());
    long open = checks.stream().filter(check -> check.outcome() == Outcome.OPENS).count();
    long sealed = checks.stream().filter(check -> check.outcome() == Outcome.SEALED).count();
    lines.add(
        "%d of %d keys can be had%s"
            .formatted(
                open,
                checks.size(),
                sealed == 0 ? "" : ", and " + sealed + " more with the export's passphrase"));
    return lines;
  }
}
