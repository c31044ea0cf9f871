package io.cassandratde.tools.cluster;

import io.cassandratde.tools.jmx.NodeConnection;
import java.util.List;

/**
 * What came of a node's reading its configuration again.
 *
 * @param changed options in force now
 * @param needRestart options that stay as they were until a restart
 * @param warnings of the file
 */
public record ReloadedNode(List<String> changed, List<String> needRestart, List<String> warnings) {

  private static final String BEAN = "io.cassandratde:type=Configuration";

  /**
   * Has the node read it.
   *
   * @throws NodeFailureException it refuses the file, and everything stays as it was
   */
  public static ReloadedNode reload(NodeConnection node) throws NodeFailureException {
    Fields fields = Fields.of(new Beans(node).invoke(BEAN, "reload", List.of()));
    return new ReloadedNode(
        fields.texts("changed"), fields.texts("needRestart"), fields.texts("warnings"));
  }
}
