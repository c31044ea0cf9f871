package io.cassandratde.tools.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who unpacks the archive has only what is in it: its documents lead nowhere else. */
class LinksTest {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

  @Test
  void the_documents_are_there() throws IOException {
    assertThat(documents().map(d -> Run.HOME.relativize(d).toString()))
        .contains("README.md", "SECURITY.md", "CHANGELOG.md", "docs/CLI.md", "docs/OPERATIONS.md");
  }

  @Test
  void every_relative_link_leads_to_a_file_and_its_heading() throws IOException {
    int links = 0;
    for (Path document : documents().toList()) {
      Matcher link = LINK.matcher(Files.readString(document));
      while (link.find()) {
        URI target = URI.create(link.group(1));
        if (target.getScheme() == null) {
          follow(document, target);
          links++;
        }
      }
    }
    assertThat(links).as("links followed").isPositive();
  }

  private static void follow(Path document, URI target) throws IOException {
    Path file = document;
    if (!target.getPath().isEmpty()) {
      file = document.resolveSibling(target.getPath()).normalize();
      assertThat(file).as(document + " links to " + target).exists().startsWith(Run.HOME);
    }
    if (target.getFragment() != null) {
      assertThat(anchors(file)).as(document + " links to " + target).contains(target.getFragment());
    }
  }

  private static Stream<Path> documents() throws IOException {
    List<Path> found;
    try (Stream<Path> files = Files.walk(Run.HOME)) {
      found = files.filter(f -> f.toString().endsWith(".md")).sorted().toList();
    }
    return found.stream();
  }

  /** Headings as the usual renderers name them: lower case, hyphens for blanks, no punctuation. */
  private static List<String> anchors(Path document) throws IOException {
    try (Stream<String> lines = Files.lines(document)) {
      return lines
          .filter(line -> line.matches("#+ .*"))
          .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT))
          .map(line -> line.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
          .toList();
    }
  }
}
