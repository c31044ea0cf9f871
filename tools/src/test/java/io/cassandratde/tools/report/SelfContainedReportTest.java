package io.cassandratde.tools.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** A report is looked at away from the network: it holds all that a browser needs. */
class SelfContainedReportTest {

  /** None of them fetches or runs anything, as link, script, img, iframe, base or use would. */
  private static final Set<String> ELEMENTS =
      words(
          """
          html head meta title style body header main section footer figure figcaption div p span b
          strong small i code time h1 h2 dl dt dd ul li table thead tbody tr th td
          svg path line rect text tspan
          """);

  /** None of them holds an address, as src, href, xlink:href, style, action or on… would. */
  private static final Set<String> ATTRIBUTES =
      words(
          """
          aria-label aria-labelledby charset class colspan content datetime http-equiv id lang name
          role scope title
          d dy height preserveAspectRatio text-anchor viewBox width x x1 x2 y y1 y2
          """);

  private final Path directory;

  SelfContainedReportTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void it_names_nothing_that_a_browser_would_fetch_or_run() throws Exception {
    for (ReportData data :
        List.of(ReportFixture.replacement(), ReportFixture.everything(), ReportFixture.hostile())) {
      String html = HtmlReport.of(data);
      List<Element> all = elements(html);
      assertThat(all).extracting(Element::getTagName).isSubsetOf(ELEMENTS);
      assertThat(all).flatExtracting(SelfContainedReportTest::attributes).isSubsetOf(ATTRIBUTES);
      for (Element element : all) {
        if (element.hasAttribute("http-equiv")) {
          assertThat(element.getAttribute("http-equiv")).isEqualTo("Content-Security-Policy");
          assertThat(element.getAttribute("content"))
              .isEqualTo("default-src 'none'; style-src 'unsafe-inline'");
        }
        if (element.getTagName().equals("style")) {
          // No escapes, behind which the others could hide.
          assertThat(element.getTextContent())
              .doesNotContainPattern("(?i)url\\s*\\(|@import|image-set|src\\s*\\(|\\\\");
        }
      }
      assertThat(html.indexOf("Content-Security-Policy"))
          .as("before all that it is to hold for")
          .isBetween(0, html.indexOf("<title>"));
    }
  }

  private static Set<String> words(String text) {
    return Set.of(text.strip().split("\\s+"));
  }

  private static List<Element> elements(String html) throws Exception {
    String xml = html.substring("<!doctype html>\n".length());
    NodeList all =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)))
            .getElementsByTagName("*");
    assertThat(all.getLength()).isGreaterThan(50);
    return IntStream.range(0, all.getLength()).mapToObj(i -> (Element) all.item(i)).toList();
  }

  private static List<String> attributes(Element element) {
    return IntStream.range(0, element.getAttributes().getLength())
        .mapToObj(element.getAttributes()::item)
        .map(Node::getNodeName)
        .toList();
  }

  /** Its own policy holds what markup got in nevertheless; without it all of it is fetched. */
  @Test
  void its_policy_lets_nothing_be_fetched_or_run() throws Exception {
    Set<String> asked = new ConcurrentSkipListSet<>();
    HttpServer outside =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    outside.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestURI().getPath());
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    outside.start();
    try {
      Chromium chromium = new Chromium(directory);
      String planted = planted("http://127.0.0.1:" + outside.getAddress().getPort());
      Chromium.Run held = chromium.run("--dump-dom", file("held.html", planted));
      assertThat(asked).isEmpty();
      assertThat(held.out()).contains("/image.png").doesNotContain("<title>run");
      assertThat(held.err().lines().filter(line -> line.contains("CONSOLE")))
          .as("each is told")
          .allMatch(line -> line.contains("Content Security Policy"))
          .anyMatch(line -> line.contains("/image.png"))
          .anyMatch(line -> line.contains("/style.css"))
          .anyMatch(line -> line.contains("/script.js"));
      String free = planted.replaceFirst("<meta http-equiv[^>]*>", "");
      Chromium.Run fetched = chromium.run("--dump-dom", file("free.html", free));
      assertThat(fetched.out()).contains("<title>run");
      assertThat(new TreeSet<>(asked)).contains("/image.png", "/style.css", "/script.js");
    } finally {
      outside.stop(0);
    }
  }

  private String file(String name, String html) throws IOException {
    return Files.writeString(directory.resolve(name), html).toUri().toString();
  }

  private static String planted(String outside) {
    return HtmlReport.of(ReportFixture.replacement())
        .replace(
            "</main>",
            "<img src='%1$s/image.png'><link rel='stylesheet' href='%1$s/style.css'><script src='%1$s/script.js'></script><script>document.title = 'run'</script></main>"
                .formatted(outside));
  }
}
