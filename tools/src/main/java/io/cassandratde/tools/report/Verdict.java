package io.cassandratde.tools.report;

import io.cassandratde.tools.cluster.ClusterInventory;

/**
 * What to take away from a report at one glance.
 *
 * @param tone the style sheet's class
 */
record Verdict(String tone, String word, String sentence) {

  static Verdict of(ReportData data) {
    ProofSection proof = data.proof();
    long nodes = data.inventory().nodes().size();
    if (proof != null && proof.proven()) {
      return new Verdict(
          "good",
          "Proved",
          "No file of "
              + all(proof.nodes().size())
              + (proof.nodes().size() == 1
                  ? " needs this key, by its own reading of its disk."
                  : " needs this key, as each read its own disk."));
    }
    if (proof != null) {
      long open = proof.nodes().stream().filter(node -> !node.openItems().isEmpty()).count();
      return new Verdict(
          "bad",
          "Not proved",
          "On "
              + open
              + " of "
              + Figures.count(proof.nodes().size(), "node")
              + " something needs this key, or could not be read. Do not destroy it.");
    }
    long open = openItems(data);
    if (open > 0 || nodes == 0) {
      return new Verdict(
          "warn",
          "Incomplete",
          Figures.count(open, "open item")
              + " may need any key: nodes that were not read, and files. They are listed below.");
    }
    return new Verdict("plain", "Complete", "All files of " + all(nodes) + " were read.");
  }

  private static String all(long nodes) {
    return nodes == 1 ? "the one node" : "all " + nodes + " nodes";
  }

  /** Nodes that said nothing, files that could not be read, and what the proof leaves open. */
  static long openItems(ReportData data) {
    ProofSection proof = data.proof();
    if (proof != null) {
      return proof.nodes().stream().mapToLong(node -> node.openItems().size()).sum();
    }
    long open = data.inventory().silent().size();
    for (ClusterInventory.Told node : data.inventory().told()) {
      int items = node.inventory().openItems().size();
      open += items > 0 || node.inventory().complete() ? items : 1;
    }
    return open;
  }
}
