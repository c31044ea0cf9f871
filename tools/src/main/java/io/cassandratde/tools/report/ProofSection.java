package io.cassandratde.tools.report;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether anything needs the key of the report, node by node.
 *
 * @param newKeyId null: none took its place
 */
public record ProofSection(boolean proven, @Nullable String newKeyId, List<NodeProof> nodes) {

  public ProofSection {
    nodes = List.copyOf(nodes);
  }

  /**
   * What one node says.
   *
   * @param readAt when the node read its disk; null: it was not asked
   * @param complete whether it read everything
   * @param usesLeft files that need the key
   * @param fenced since when the node begins nothing under the key; null: it is not fenced there
   * @param openItems why nothing is proved of the node; none: it is
   */
  public record NodeProof(
      String node,
      @Nullable Instant readAt,
      boolean complete,
      long usesLeft,
      @Nullable Instant fenced,
      List<String> openItems) {

    public NodeProof {
      openItems = List.copyOf(openItems);
    }
  }
}
