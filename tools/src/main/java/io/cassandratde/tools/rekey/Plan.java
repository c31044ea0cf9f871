package io.cassandratde.tools.rekey;

import io.cassandratde.tools.cluster.KeyUse;
import io.cassandratde.tools.cluster.SoughtKey;
import io.cassandratde.tools.output.Bytes;
import io.cassandratde.tools.output.TextTable;
import io.cassandratde.tools.run.Display;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What is to be done, node by node.
 *
 * @param nodes those that told
 */
record Plan(List<NodePlan> nodes) {

  /** Where no node is limited: what one core rewrites at least, encrypted. */
  private static final int ASSUMED_MEBIBYTES = 32;

  /**
   * Of one node.
   *
   * @param throughput of its compactions meanwhile, in MiB/s; 0: not limited
   * @param other files that are no live SSTables, by place: {@code 2 commitlog}
   */
  record NodePlan(
      String node,
      String rack,
      List<String> tables,
      long sstables,
      long bytes,
      int throughput,
      String other) {

    Duration estimate() {
      long perSecond = (long) (throughput == 0 ? ASSUMED_MEBIBYTES : throughput) << 20;
      return Duration.ofSeconds((bytes + perSecond - 1) / perSecond);
    }
  }

  static Plan of(RekeyRequest request, SoughtKey key, Reading reading) throws InterruptedException {
    List<NodePlan> nodes = new ArrayList<>();
    for (Reading.Told told : reading.told()) {
      List<KeyUse> live = told.live(key);
      nodes.add(
          new NodePlan(
              told.node().name(),
              told.node().rack(),
              live.stream().map(use -> use.keyspace() + "." + use.table()).distinct().toList(),
              live.stream().mapToLong(KeyUse::files).sum(),
              live.stream().mapToLong(KeyUse::bytes).sum(),
              throughput(request, told.node()),
              other(told.uses(key))));
    }
    return new Plan(nodes);
  }

  private static int throughput(RekeyRequest request, Node node) throws InterruptedException {
    Integer asked = request.throughput();
    if (asked != null) {
      return asked;
    }
    try {
      return node.throughput();
    } catch (NodeTroubleException e) {
      return 0; // the estimate is a rough one anyhow
    }
  }

  private static String other(List<KeyUse> uses) {
    return uses.stream()
        .filter(use -> !use.place().equals("live"))
        .collect(
            Collectors.groupingBy(
                KeyUse::place, java.util.TreeMap::new, Collectors.summingLong(KeyUse::files)))
        .entrySet()
        .stream()
        .map(each -> each.getValue() + " " + each.getKey())
        .collect(Collectors.joining(", "));
  }

  long bytes() {
    return nodes.stream().mapToLong(NodePlan::bytes).sum();
  }

  long sstables() {
    return nodes.stream().mapToLong(NodePlan::sstables).sum();
  }

  /** Of the nodes' work one after the other, as many at a time as may be. */
  Duration estimate(RekeyRequest request) {
    List<Duration> longest =
        nodes.stream().map(NodePlan::estimate).sorted(Comparator.reverseOrder()).toList();
    Duration sum = longest.stream().reduce(Duration.ZERO, Duration::plus);
    Duration shared =
        sum.dividedBy(Math.max(1, Math.min(request.rolling().parallel(), nodes.size())));
    return longest.isEmpty() || longest.get(0).compareTo(shared) < 0 ? shared : longest.get(0);
  }

  void show(RekeyRequest request, Display display) {
    TextTable table =
        new TextTable(List.of("Node", "Rack", "Tables", "SSTables", "Bytes", "Other files"));
    for (NodePlan node : nodes) {
      table.row(
          List.of(
              node.node(),
              node.rack(),
              String.valueOf(node.tables().size()),
              String.valueOf(node.sstables()),
              Bytes.print(node.bytes()),
              node.other().isEmpty() ? "-" : node.other()));
    }
    table.lines().forEach(line -> display.line("  " + line));
    display.line(
        request.rewrap()
            ? "  carriers of %d SSTables are replaced; no data is written".formatted(sstables())
            : "  %s of %d SSTables are rewritten, in about %s"
                .formatted(Bytes.print(bytes()), sstables(), text(estimate(request))));
  }

  static String text(Duration length) {
    if (length.toMinutes() < 1) {
      return length.toSeconds() + " s";
    }
    return length.toHours() < 1
        ? length.toMinutes() + " min"
        : "%d h %d min".formatted(length.toHours(), length.toMinutesPart());
  }
}
