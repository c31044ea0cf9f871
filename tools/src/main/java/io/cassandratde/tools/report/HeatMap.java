package io.cassandratde.tools.report;

import io.cassandratde.tools.cluster.ClusterInventory;
import io.cassandratde.tools.cluster.KeyUse;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Nodes by tables: how much of what is sealed there is under the key, or under old keys. */
final class HeatMap {

  /** As many as a sheet of paper takes; more tables go into further maps below. */
  private static final int COLUMNS = 12;

  private static final int MOST_TABLES = 5 * COLUMNS;

  private final ReportData data;
  private final Map<Cell, long[]> cells = new HashMap<>();
  private final Map<String, Long> meant = new HashMap<>();
  private final Map<String, Long> sealed = new HashMap<>();
  private final List<String> tables;

  private record Cell(String node, String table) {}

  HeatMap(ReportData data) {
    this.data = data;
    for (ClusterInventory.Told node : data.inventory().told()) {
      for (KeyUse use : node.inventory().uses()) {
        if (use.place().equals("live") && use.keyspace() != null) {
          String table = use.keyspace() + "." + use.table();
          long of = isMeant(use) ? use.bytes() : 0;
          long[] cell =
              cells.computeIfAbsent(new Cell(node.node(), table), none -> new long[] {0, 0});
          cell[0] += of;
          cell[1] += use.bytes();
          meant.merge(table, of, Long::sum);
          sealed.merge(table, use.bytes(), Long::sum);
        }
      }
    }
    tables =
        sealed.keySet().stream()
            .sorted(
                Comparator.comparing((String table) -> -meant.getOrDefault(table, 0L))
                    .thenComparing(table -> -sealed.getOrDefault(table, 0L))
                    .thenComparing(Comparator.naturalOrder()))
            .toList();
  }

  private boolean isMeant(KeyUse use) {
    return data.key() == null ? !use.current() : use.key().equals(data.key());
  }

  void write(Html html) {
    if (tables.isEmpty()) {
      return;
    }
    html.open("section", "aria-labelledby", "map");
    html.leaf("h2", "Nodes by tables", "id", "map");
    html.leaf(
        "p",
        "Per cent of the bytes of live, encrypted SSTables that are under "
            + (data.key() == null ? "keys that are not current any more." : "the key.")
            + " Darker is more; a dot: nothing encrypted there.",
        "class",
        "note");
    List<String> shown = tables.subList(0, Math.min(tables.size(), MOST_TABLES));
    for (int from = 0; from < shown.size(); from += COLUMNS) {
      map(html, shown.subList(from, Math.min(shown.size(), from + COLUMNS)));
    }
    if (shown.size() < tables.size()) {
      html.leaf(
          "p",
          Figures.count(tables.size() - shown.size(), "more table")
              + " with fewer bytes under it; cassandra-tde inventory --format json has them all.",
          "class",
          "note");
    }
    html.close();
  }

  private void map(Html html, List<String> columns) {
    html.open("div", "class", "wide").open("table", "class", "map").open("thead").open("tr");
    html.leaf("th", "Node", "scope", "col");
    for (String table : columns) {
      html.open("th", "scope", "col", "class", "t").open("span");
      int dot = table.indexOf('.');
      html.leaf("small", table.substring(0, dot + 1)).text(table.substring(dot + 1));
      html.close().close();
    }
    html.close().close().open("tbody");
    data.inventory().nodes().stream()
        .sorted(
            Comparator.comparing((ClusterInventory.Answer n) -> String.valueOf(n.place()))
                .thenComparing(ClusterInventory.Answer::node))
        .forEach(node -> row(html, node, columns));
    html.close().close().close();
  }

  private void row(Html html, ClusterInventory.Answer node, List<String> columns) {
    html.open("tr").open("th", "scope", "row").text(node.node());
    html.leaf("small", Objects.requireNonNullElse(node.place(), "place not known")).close();
    if (node instanceof ClusterInventory.Silent) {
      html.leaf("td", "not read", "class", "silent", "colspan", String.valueOf(columns.size()));
    } else {
      columns.forEach(table -> cell(html, cells.get(new Cell(node.node(), table))));
    }
    html.close();
  }

  private static void cell(Html html, long @org.jspecify.annotations.Nullable [] amounts) {
    if (amounts == null) {
      html.leaf("td", "·", "class", "h nothing");
      return;
    }
    double share = amounts[1] == 0 ? 0 : (double) amounts[0] / amounts[1];
    int step = share <= 0 ? 0 : (int) Math.min(10, 1 + Math.floor(share * 10));
    html.leaf(
        "td",
        Figures.share(share),
        "class",
        "h h" + step,
        "title",
        Figures.bytes(amounts[0]) + " of " + Figures.bytes(amounts[1]));
  }
}
