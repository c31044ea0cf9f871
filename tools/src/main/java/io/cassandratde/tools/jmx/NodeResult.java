package io.cassandratde.tools.jmx;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of one node.
 *
 * @param node its JMX address, or its cluster address when JMX was never reached
 * @param done tables that are finished
 * @param unchanged those of them in which there was nothing to rewrite
 * @param failed tables that are not, each with its reason
 * @param notStarted tables that were not tried
 * @param failure why the whole node was given up, null when it was not
 */
public record NodeResult(
    String node,
    List<TableName> done,
    List<TableName> unchanged,
    Map<TableName, String> failed,
    List<TableName> notStarted,
    @Nullable String failure) {

  static NodeResult untouched(String node, String failure) {
    return new NodeResult(node, List.of(), List.of(), Map.of(), List.of(), failure);
  }

  public boolean complete() {
    return failure == null && failed.isEmpty() && notStarted.isEmpty();
  }
}
