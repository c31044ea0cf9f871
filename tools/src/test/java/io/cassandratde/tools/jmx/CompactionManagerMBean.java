package io.cassandratde.tools.jmx;

import java.util.List;
import java.util.Map;

/** What the tool uses of Cassandra's interface of this name. */
public interface CompactionManagerMBean {
  List<Map<String, String>> getCompactions();

  void stopCompaction(String type);
}
