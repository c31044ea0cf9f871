package io.cassandratde.tools.report;

import io.cassandratde.tools.Version;
import io.cassandratde.tools.cluster.ClusterInventory;
import io.cassandratde.tools.cluster.KeyTotals;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;

/** A report as one HTML file that needs nothing besides: no network, no script. */
public final class HtmlReport {

  private final ReportData data;
  private final Html html = new Html();

  private HtmlReport(ReportData data) {
    this.data = data;
  }

  /** Replaces the file as a whole. */
  public static void write(Path file, ReportData data) throws IOException {
    Path whole = file.toAbsolutePath();
    Path temporary = whole.resolveSibling(whole.getFileName() + ".tmp");
    Files.writeString(temporary, of(data));
    Files.move(
        temporary, whole, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  static String of(ReportData data) {
    return new HtmlReport(data).page();
  }

  private String page() {
    html.open("html", "lang", "en").open("head");
    html.empty("meta", "charset", "utf-8");
    // Whatever a browser made of the texts: nothing is fetched, nothing runs.
    html.empty(
        "meta",
        "http-equiv",
        "Content-Security-Policy",
        "content",
        "default-src 'none'; style-src 'unsafe-inline'");
    html.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    html.empty("meta", "name", "color-scheme", "content", "light dark");
    html.leaf("title", title());
    html.style(css());
    html.close().open("body");
    header();
    html.open("main");
    new KeysPart(data).write(html);
    new HeatMap(data).write(html);
    new ProgressChart(data.progress()).write(html);
    new ProofPart(data).write(html);
    html.close();
    html.open("footer");
    html.leaf(
        "p",
        "Written by cassandra-tde "
            + Version.current()
            + ". Times are UTC. Key ids and check values reveal nothing of a key.");
    html.close().close().close();
    return html.toString();
  }

  private String title() {
    return data.key() == null ? data.title() : data.title() + ": " + data.key().keyId();
  }

  private void header() {
    html.open("header");
    html.open("p", "class", "kicker")
        .leaf("span", "cassandra-tde")
        .leaf("time", Figures.moment(data.at()) + " UTC", "datetime", data.at().toString())
        .close();
    html.leaf("h1", data.title());
    if (data.key() != null) {
      html.open("p", "class", "subject")
          .leaf("span", "group " + data.key().group())
          .leaf("code", data.key().keyId());
      String state = data.states().get(data.key());
      if (state != null) {
        html.leaf("span", state);
      }
      html.close();
    }
    Verdict verdict = Verdict.of(data);
    html.open("div", "class", "verdict " + verdict.tone(), "role", "status");
    html.leaf("strong", verdict.word()).leaf("p", verdict.sentence());
    html.close();
    html.open("dl", "class", "figures");
    List<ClusterInventory.Told> told = data.inventory().told();
    figure(Figures.count(told.size()), "of " + data.inventory().nodes().size() + " nodes read");
    figure(
        Figures.count(told.stream().mapToLong(node -> node.inventory().sstables()).sum()),
        "live SSTables, "
            + Figures.count(
                told.stream().mapToLong(node -> node.inventory().sstablesInClear()).sum())
            + " in the clear");
    List<KeyTotals> totals = KeysPart.totals(data);
    KeyTotals.Amount needing =
        totals.stream().map(KeyTotals::total).reduce(KeyTotals.Amount.NONE, KeyTotals.Amount::plus);
    figure(
        Figures.bytes(needing.bytes()),
        (data.key() == null ? "need " + Figures.count(totals.size(), "key") : "need the key")
            + ", in "
            + Figures.count(needing.files(), "file"));
    figure(Figures.count(Verdict.openItems(data)), "open items");
    html.close().close();
  }

  private void figure(String number, String what) {
    html.open("div").leaf("dt", what).leaf("dd", number).close();
  }

  private static String css() {
    try (InputStream css = HtmlReport.class.getResourceAsStream("report.css")) {
      return new String(Objects.requireNonNull(css).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("report.css is part of this program", e);
    }
  }
}
