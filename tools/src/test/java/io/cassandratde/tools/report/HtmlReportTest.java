package io.cassandratde.tools.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.tools.Version;
import io.cassandratde.tools.cluster.ClusterInventory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportTest {

  private final Path directory;
  private final Chromium chromium;

  HtmlReportTest(@TempDir Path directory) {
    this.directory = directory;
    this.chromium = new Chromium(directory);
  }

  private Path written(ReportData data) throws IOException {
    Path file = directory.resolve("report.html");
    HtmlReport.write(file, data);
    return file;
  }

  /** Update by hand with what the failure shows, having looked at it. */
  @Test
  void equal_data_give_the_very_report_that_was_looked_at() throws IOException {
    Path golden = Path.of("src/test/resources/report/replacement.html");
    String text =
        HtmlReport.of(ReportFixture.replacement())
            .replace("cassandra-tde " + Version.current(), "cassandra-tde VERSION")
            .replaceFirst("(?s)<style>.*</style>\n", "");
    if (Boolean.getBoolean("tde.update.golden")) {
      Files.createDirectories(golden.getParent());
      Files.writeString(golden, text);
    }
    assertThat(text).isEqualTo(Files.readString(golden));
  }

  @Test
  void the_file_replaces_another_as_a_whole() throws IOException {
    Files.writeString(directory.resolve("report.html"), "of yesterday");
    Path file = written(ReportFixture.everything());
    assertThat(file).content().startsWith("<!doctype html>").endsWith("</html>\n");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void one_node_is_told_of_as_one() {
    ReportData all = ReportFixture.replacement();
    ProofSection.NodeProof alone =
        new ProofSection.NodeProof("10.0.0.1:7199", all.at(), true, 0, null, List.of());
    ReportData one =
        new ReportData(
            all.title(),
            all.at(),
            all.key(),
            new ClusterInventory(List.of()),
            all.states(),
            new ProofSection(true, null, List.of(alone)),
            List.of(),
            List.of());
    assertThat(HtmlReport.of(one))
        .contains("No file of the one node needs this key, by its own reading of its disk.");
  }

  @Test
  void names_are_never_markup() throws Exception {
    Path file = written(ReportFixture.hostile());
    assertThat(file)
        .content()
        .contains("&lt;script&gt;document.title=")
        .doesNotContain("<script", "<img", "\u202e");
    String shown = chromium.run("--dump-dom", file.toUri().toString()).out();
    assertThat(shown).doesNotContain("<script", "<img", "<title>owned").contains("evil.example");
  }

  @Test
  void a_browser_shows_the_figures_and_asks_nobody_for_anything() throws Exception {
    Path file = written(ReportFixture.replacement());
    Chromium.Run run = chromium.run("--dump-dom", file.toUri().toString());
    String words = run.out().replaceAll("(?s)<style>.*?</style>", "").replaceAll("<[^>]+>", " ");
    assertThat(words.replaceAll("\\s+", " "))
        .contains(
            "Not proved",
            "of 6 nodes read 5",
            "02d8f0cf-9b2e-4c0e-8b1d-0b2a1c6c5d11",
            "Deactivated",
            "payments. settlements",
            "not read",
            "the node is down",
            "What cannot be seen from here");
    // What the policy of the report refuses to fetch would be told here too.
    assertThat(run.err()).doesNotContain("CONSOLE");
  }

  @Test
  void paper_takes_it_whole() throws Exception {
    Path file = written(ReportFixture.everything());
    Path pdf = directory.resolve("report.pdf");
    chromium.run("--print-to-pdf=" + pdf, "--no-pdf-header-footer", file.toUri().toString());
    String raw = Files.readString(pdf, StandardCharsets.ISO_8859_1);
    assertThat(raw).startsWith("%PDF-");
    assertThat(Pattern.compile("/Type\\s*/Page\\b").matcher(raw).results().count())
        .as("pages")
        .isBetween(1L, 4L);
    // At the width of a sheet nothing reaches beyond the page: what would is cut on paper.
    String wide =
        HtmlReport.of(ReportFixture.everything()).replace("@media print", "@media screen");
    Path narrow = Files.writeString(directory.resolve("narrow.html"), measured(wide));
    String shown =
        chromium.run("--dump-dom", "--window-size=700,1000", narrow.toUri().toString()).out();
    assertThat(shown).contains("data-cut=\"\"");
  }

  /** With a script, which the report itself would not let run, that names elements cut off. */
  private static String measured(String html) {
    List<String> script =
        List.of(
            "<script>addEventListener('load', () => {",
            "const cut = [...document.querySelectorAll('th,td,p,dd,svg,code')]",
            ".filter(e => e.getBoundingClientRect().right > innerWidth + 1)",
            ".map(e => e.tagName + ' ' + e.textContent);",
            "document.body.setAttribute('data-cut', cut.join('|')); })</script></body>");
    return html.replaceFirst("<meta http-equiv[^>]*>", "")
        .replace("</body>", String.join("\n", script));
  }
}
