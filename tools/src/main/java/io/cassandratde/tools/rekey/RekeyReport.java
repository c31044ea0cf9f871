package io.cassandratde.tools.rekey;

import io.cassandratde.tools.cluster.ClusterInventory;
import io.cassandratde.tools.cluster.KeyName;
import io.cassandratde.tools.cluster.NodeInventory;
import io.cassandratde.tools.cluster.OutOfSight;
import io.cassandratde.tools.report.HtmlReport;
import io.cassandratde.tools.report.ProgressSample;
import io.cassandratde.tools.report.ProofSection;
import io.cassandratde.tools.report.ReportData;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A run's proof and progress as an HTML file. */
public final class RekeyReport {

  private RekeyReport() {}

  /**
   * Replaces the file.
   *
   * @param states of the keys on their servers, as far as somebody asked
   */
  public static void write(Path file, Proof proof, RekeyState state, Map<KeyName, String> states)
      throws IOException {
    List<ClusterInventory.Answer> answers = new ArrayList<>();
    List<ProofSection.NodeProof> nodes = new ArrayList<>();
    for (Proof.NodeProof node : proof.nodes()) {
      NodeInventory inventory = node.inventory();
      String hostId = node.hostId();
      answers.add(
          inventory == null || hostId == null
              ? new ClusterInventory.Silent(
                  node.node(), hostId, node.rack(), String.join("; ", node.openItems()))
              : new ClusterInventory.Told(node.node(), hostId, node.rack(), inventory));
      nodes.add(
          new ProofSection.NodeProof(
              node.node(),
              inventory == null ? null : inventory.readAt(),
              inventory != null && inventory.complete(),
              node.uses().size(),
              node.fenced(),
              node.openItems()));
    }
    RekeyRequest request = proof.request();
    HtmlReport.write(
        file,
        new ReportData(
            "Replacement of a key",
            proof.at(),
            new KeyName(request.group(), request.keyId()),
            new ClusterInventory(answers),
            states,
            new ProofSection(proof.isProven(), proof.newKeyId(), nodes),
            state.samples().stream()
                .map(
                    sample ->
                        new ProgressSample(
                            Instant.parse(sample.at()),
                            sample.node(),
                            sample.bytesDone(),
                            sample.bytes()))
                .toList(),
            OutOfSight.all()));
  }
}
