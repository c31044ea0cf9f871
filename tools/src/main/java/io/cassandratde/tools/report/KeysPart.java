package io.cassandratde.tools.report;

import io.cassandratde.tools.cluster.KeyTotals;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Keys by state, and what needs each. */
final class KeysPart {

  private static final String NOT_ASKED = "State not asked";
  private static final List<String> STATES =
      List.of(
          "Pre-Active",
          "Active",
          "Deactivated",
          "Compromised",
          "Destroyed",
          "Destroyed Compromised",
          NOT_ASKED);
  private static final Map<String, String> COLUMNS = columns();
  private static final int WIDTH = 1000;

  private final ReportData data;
  private final List<KeyTotals> keys;

  KeysPart(ReportData data) {
    this.data = data;
    this.keys = totals(data);
  }

  static List<KeyTotals> totals(ReportData data) {
    return KeyTotals.of(
        data.inventory(), use -> data.key() == null || use.key().equals(data.key()));
  }

  private static Map<String, String> columns() {
    Map<String, String> columns = new LinkedHashMap<>();
    columns.put("live", "Live SSTables");
    columns.put("snapshot", "Snapshots");
    columns.put("backup", "Backups");
    columns.put("commitlog", "Commit log");
    columns.put("cdc", "CDC");
    columns.put("hints", "Hints");
    return columns;
  }

  void write(Html html) {
    html.open("section", "aria-labelledby", "keys");
    html.leaf("h2", data.key() == null ? "Keys by state" : "What needs the key", "id", "keys");
    if (keys.isEmpty()) {
      html.leaf(
          "p",
          data.key() == null
              ? "No file of the nodes that were read needs a key."
              : "No file of the nodes that were read needs this key.",
          "class",
          "none");
      html.close();
      return;
    }
    if (data.key() == null) {
      bar(html);
    }
    table(html);
    html.leaf(
        "p",
        "Bytes, and the number of files below. A file that needs several keys counts under each.",
        "class",
        "note");
    html.close();
  }

  private String state(KeyTotals key) {
    return data.states().getOrDefault(key.key(), NOT_ASKED);
  }

  private static String tone(String state) {
    return "s-" + state.toLowerCase(Locale.ROOT).replaceAll("[^a-z]+", "-");
  }

  private void bar(Html html) {
    Map<String, Long> bytes = new TreeMap<>((a, b) -> Integer.compare(rank(a), rank(b)));
    keys.forEach(key -> bytes.merge(known(state(key)), key.total().bytes(), Long::sum));
    long all = Math.max(1, bytes.values().stream().mapToLong(Long::longValue).sum());
    StringBuilder words = new StringBuilder("Bytes by state of their key.");
    bytes.forEach(
        (state, of) ->
            words.append(' ').append(state).append(": ").append(Figures.bytes(of)).append('.'));
    html.open("figure", "class", "states");
    html.open(
        "svg",
        "viewBox",
        "0 0 " + WIDTH + " 14",
        "preserveAspectRatio",
        "none",
        "role",
        "img",
        "aria-label",
        words.toString());
    double left = 0;
    for (Map.Entry<String, Long> each : bytes.entrySet()) {
      double width = (double) each.getValue() / all * WIDTH;
      html.empty(
          "rect",
          "class",
          tone(each.getKey()),
          "x",
          Figures.at(left),
          "y",
          "0",
          "width",
          Figures.at(Math.max(0, width - 2)),
          "height",
          "14");
      left += width;
    }
    html.close().open("figcaption");
    for (Map.Entry<String, Long> each : bytes.entrySet()) {
      html.open("span", "class", "legend");
      html.open("i", "class", tone(each.getKey())).close();
      html.text(each.getKey() + " ").leaf("b", Figures.bytes(each.getValue()));
      html.close();
    }
    html.close().close();
  }

  /** A state that this version has no colour for is shown, as not known. */
  private static String known(String state) {
    return STATES.contains(state) ? state : NOT_ASKED;
  }

  private static int rank(String state) {
    return STATES.indexOf(state);
  }

  private void table(Html html) {
    html.open("div", "class", "wide").open("table", "class", "keys").open("thead").open("tr");
    html.leaf("th", "Key", "scope", "col").leaf("th", "State", "scope", "col");
    html.leaf("th", "Current on", "scope", "col", "class", "n");
    COLUMNS.values().forEach(name -> html.leaf("th", name, "scope", "col", "class", "n"));
    html.leaf("th", "Others", "scope", "col", "class", "n");
    html.leaf("th", "Nodes", "scope", "col", "class", "n");
    html.close().close().open("tbody");
    for (KeyTotals key : keys) {
      html.open("tr").open("th", "scope", "row");
      html.leaf("code", key.key().keyId());
      html.leaf("small", key.key().group() + " · check " + key.checkValue()).close();
      html.open("td", "class", "state");
      html.open("i", "class", tone(known(state(key)))).close().text(state(key)).close();
      number(html, key.currentOn().size());
      COLUMNS.keySet().forEach(place -> amount(html, key.at(place)));
      amount(html, key.besides(List.copyOf(COLUMNS.keySet())));
      number(html, key.nodes().size());
      html.close();
    }
    html.close().close().close();
  }

  private static void number(Html html, long number) {
    if (number == 0) {
      html.leaf("td", "–", "class", "n zero");
    } else {
      html.leaf("td", Figures.count(number), "class", "n");
    }
  }

  private static void amount(Html html, KeyTotals.Amount amount) {
    if (amount.files() == 0) {
      html.leaf("td", "–", "class", "n zero");
      return;
    }
    html.open("td", "class", "n").text(Figures.bytes(amount.bytes()));
    html.leaf("small", Figures.count(amount.files())).close();
  }
}
