package io.cassandratde.tools.report;

import io.cassandratde.tools.cluster.ClusterInventory;
import io.cassandratde.tools.cluster.KeyName;
import io.cassandratde.tools.cluster.OpenItem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is proved, what stays open, and what nobody here can see. */
final class ProofPart {

  private final ReportData data;

  ProofPart(ReportData data) {
    this.data = data;
  }

  void write(Html html) {
    ProofSection proof = data.proof();
    if (proof != null) {
      proof(html, proof);
    } else {
      readings(html);
    }
    openFiles(html);
    if (!data.notSeen().isEmpty()) {
      html.open("section", "aria-labelledby", "unseen");
      html.leaf("h2", "What cannot be seen from here", "id", "unseen");
      html.open("ul", "class", "unseen");
      data.notSeen().forEach(each -> html.leaf("li", each));
      html.close().close();
    }
  }

  private static void head(Html html, List<String> names) {
    html.open("div", "class", "wide").open("table", "class", "plain").open("thead").open("tr");
    names.forEach(name -> html.leaf("th", name, "scope", "col"));
    html.close().close().open("tbody");
  }

  private void proof(Html html, ProofSection proof) {
    html.open("section", "aria-labelledby", "proof");
    html.leaf("h2", "Proof", "id", "proof");
    if (proof.newKeyId() != null) {
      html.open("p").text("Its place was taken by ").leaf("code", proof.newKeyId());
      String state = newKeyState(proof.newKeyId());
      html.text(state == null ? "" : "(" + state + ")").close();
    }
    head(html, List.of("Node", "Read", "Everything read", "Uses left", "Fenced since", "Result"));
    for (ProofSection.NodeProof node : proof.nodes()) {
      boolean unused = node.openItems().isEmpty();
      html.open("tr").leaf("th", node.node(), "scope", "row");
      html.leaf("td", Figures.moment(node.readAt()));
      html.leaf("td", node.complete() ? "yes" : "no");
      html.leaf("td", node.readAt() == null ? "not known" : Figures.count(node.usesLeft()));
      html.leaf("td", node.fenced() == null ? "not fenced" : Figures.moment(node.fenced()));
      html.leaf(
          "td", unused ? "✓ unused" : "✕ open", "class", unused ? "result good" : "result bad");
      html.close();
      if (!unused) {
        html.open("tr", "class", "items").open("td", "colspan", "6").open("ul");
        node.openItems().forEach(item -> html.leaf("li", item));
        html.close().close().close();
      }
    }
    html.close().close().close().close();
  }

  /** Of the group that the report is about; null: nobody asked. */
  private @Nullable String newKeyState(String keyId) {
    KeyName old = data.key();
    return old == null ? null : data.states().get(new KeyName(old.group(), keyId));
  }

  private void readings(Html html) {
    html.open("section", "aria-labelledby", "nodes");
    html.leaf("h2", "Nodes", "id", "nodes");
    head(html, List.of("Node", "Place", "Read", "Took", "SSTables", "Result"));
    for (ClusterInventory.Answer node : data.inventory().nodes()) {
      html.open("tr").leaf("th", node.node(), "scope", "row");
      html.leaf("td", node.place() == null ? "not known" : node.place());
      if (node instanceof ClusterInventory.Told told) {
        html.leaf("td", Figures.moment(told.inventory().readAt()));
        html.leaf("td", Figures.count(told.inventory().millis()) + " ms");
        html.leaf("td", Figures.count(told.inventory().sstables()));
        boolean whole = told.inventory().complete();
        html.leaf(
            "td",
            whole ? "✓ complete" : "✕ not complete",
            "class",
            whole ? "result good" : "result bad");
        html.close();
      } else if (node instanceof ClusterInventory.Silent silent) {
        html.leaf("td", "not read", "colspan", "3").leaf("td", "✕ open", "class", "result bad");
        html.close().open("tr", "class", "items").open("td", "colspan", "6").open("ul");
        html.leaf("li", silent.reason()).close().close().close();
      }
    }
    html.close().close().close().close();
  }

  private void openFiles(Html html) {
    List<ClusterInventory.Told> open =
        data.inventory().told().stream()
            .filter(node -> !node.inventory().openItems().isEmpty())
            .toList();
    if (open.isEmpty()) {
      return;
    }
    html.open("section", "aria-labelledby", "open");
    html.leaf("h2", "Files that may need any key", "id", "open");
    head(html, List.of("Node", "Kind", "File"));
    for (ClusterInventory.Told node : open) {
      for (OpenItem item : node.inventory().openItems()) {
        html.open("tr").leaf("th", node.node(), "scope", "row").leaf("td", item.kind());
        html.open("td", "class", "path").leaf("code", item.path());
        html.leaf("small", item.what()).close().close();
      }
    }
    html.close().close().close().close();
  }
}
