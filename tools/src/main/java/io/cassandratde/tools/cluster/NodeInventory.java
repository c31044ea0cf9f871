package io.cassandratde.tools.cluster;

import java.time.Instant;
import java.util.List;

/**
 * Which keys the files of one node need, as it read its disk.
 *
 * @param readAt when that reading began, by the node's clock
 * @param complete whether everything was read; else the open items may need any key
 * @param sstables live ones, indexes included
 */
public record NodeInventory(
    Instant readAt,
    long millis,
    boolean complete,
    long sstables,
    long sstablesInClear,
    List<KeyUse> uses,
    List<OpenItem> openItems) {

  static NodeInventory of(Fields fields) {
    return new NodeInventory(
        Instant.parse(fields.text("readAt")),
        fields.number("millis"),
        fields.flag("complete"),
        fields.number("sstables"),
        fields.number("sstablesInClear"),
        fields.all("uses", KeyUse::of),
        fields.all("openItems", OpenItem::of));
  }
}
