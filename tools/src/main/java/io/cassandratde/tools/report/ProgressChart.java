package io.cassandratde.tools.report;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How the bytes came from under the key over time, all nodes together. */
final class ProgressChart {

  private static final int WIDTH = 960;
  private static final int HEIGHT = 220;
  private static final int LEFT = 84;
  private static final int BOTTOM = 26;
  private static final int TOP = 12;

  private final List<ProgressSample> samples;
  private final Map<String, List<ProgressSample>> byNode = new TreeMap<>();

  private record Point(Instant at, long done) {}

  ProgressChart(List<ProgressSample> samples) {
    this.samples =
        samples.stream()
            .sorted(
                Comparator.comparing(ProgressSample::at)
                    .thenComparing(ProgressSample::node)
                    .thenComparing(ProgressSample::bytesDone))
            .toList();
    for (ProgressSample sample : this.samples) {
      byNode.computeIfAbsent(sample.node(), none -> new ArrayList<>()).add(sample);
    }
  }

  void write(Html html) {
    if (samples.isEmpty()) {
      return;
    }
    html.open("section", "aria-labelledby", "progress");
    html.leaf("h2", "Progress", "id", "progress");
    chart(html);
    table(html);
    html.close();
  }

  private Instant first() {
    return samples.get(0).at();
  }

  private Instant last() {
    return samples.get(samples.size() - 1).at();
  }

  private static long bytes(List<ProgressSample> of) {
    return of.stream().mapToLong(s -> Math.max(s.bytes(), s.bytesDone())).max().orElse(0);
  }

  private static long done(List<ProgressSample> of) {
    return of.stream().mapToLong(ProgressSample::bytesDone).max().orElse(0);
  }

  /** The sum over the nodes at every sample. A run that went on after a break never falls back. */
  private List<Point> points() {
    List<Point> points = new ArrayList<>();
    Map<String, Long> done = new TreeMap<>();
    for (ProgressSample sample : samples) {
      done.merge(sample.node(), sample.bytesDone(), Math::max);
      points.add(new Point(sample.at(), done.values().stream().mapToLong(b -> b).sum()));
    }
    return points;
  }

  private void chart(Html html) {
    long all = Math.max(1, byNode.values().stream().mapToLong(ProgressChart::bytes).sum());
    long moved = byNode.values().stream().mapToLong(ProgressChart::done).sum();
    long millis = Math.max(1, Duration.between(first(), last()).toMillis());
    html.open("figure");
    html.open(
        "svg",
        "viewBox",
        "0 0 " + WIDTH + " " + HEIGHT,
        "role",
        "img",
        "aria-label",
        Figures.bytes(moved)
            + " of "
            + Figures.bytes(all)
            + " done from "
            + Figures.moment(first())
            + " to "
            + Figures.moment(last()));
    for (int i = 0; i <= 4; i++) {
      String y = Figures.at(y((double) i / 4));
      html.empty(
          "line",
          "class",
          i == 0 ? "axis" : "grid",
          "x1",
          String.valueOf(LEFT),
          "x2",
          String.valueOf(WIDTH),
          "y1",
          y,
          "y2",
          y);
      html.leaf(
          "text",
          Figures.bytes(all * i / 4),
          "x",
          String.valueOf(LEFT - 8),
          "y",
          y,
          "dy",
          "0.32em",
          "text-anchor",
          "end");
    }
    StringBuilder line = new StringBuilder();
    double before = y(0);
    for (Point point : points()) {
      String x = Figures.at(x(Duration.between(first(), point.at()).toMillis(), millis));
      double y = y((double) point.done() / all);
      line.append(line.isEmpty() ? "M" : "L").append(x).append(' ');
      line.append(Figures.at(line.length() < 12 ? before : y)).append(' ');
      before = y;
    }
    String bottom = Figures.at(y(0));
    html.empty(
        "path",
        "class",
        "area",
        "d",
        line + "L" + Figures.at(WIDTH) + " " + bottom + " L" + LEFT + " " + bottom + " Z");
    html.empty("path", "class", "line", "d", line.toString().strip());
    for (int i = 0; i <= 4; i++) {
      html.leaf(
          "text",
          Figures.time(first().plusMillis(millis * i / 4)),
          "x",
          Figures.at(x(millis * i / 4, millis)),
          "y",
          String.valueOf(HEIGHT - 6),
          "text-anchor",
          i == 0 ? "start" : i == 4 ? "end" : "middle");
    }
    html.close().close();
  }

  private static double x(long at, long all) {
    return LEFT + (double) at / all * (WIDTH - LEFT);
  }

  private static double y(double share) {
    return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP);
  }

  private void table(Html html) {
    html.open("div", "class", "wide").open("table", "class", "plain").open("thead").open("tr");
    html.leaf("th", "Node", "scope", "col");
    for (String name : List.of("Done", "Of", "From", "Until", "Mean")) {
      html.leaf("th", name, "scope", "col", "class", "n");
    }
    html.close().close().open("tbody");
    byNode.forEach(
        (node, of) -> {
          Instant from = of.get(0).at();
          Instant until = of.get(of.size() - 1).at();
          long seconds = Duration.between(from, until).toSeconds();
          html.open("tr").leaf("th", node, "scope", "row");
          html.leaf("td", Figures.bytes(done(of)), "class", "n");
          html.leaf("td", Figures.bytes(bytes(of)), "class", "n");
          html.leaf("td", Figures.moment(from), "class", "n");
          html.leaf("td", Figures.moment(until), "class", "n");
          html.leaf(
              "td", seconds == 0 ? "–" : Figures.bytes(done(of) / seconds) + "/s", "class", "n");
          html.close();
        });
    html.close().close().close();
  }
}
