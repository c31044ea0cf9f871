package io.cassandratde.tools.jmx;

import java.util.List;
import java.util.Map;
import javax.management.openmbean.TabularData;

/** What the tool uses of Cassandra's interface of this name. */
public interface StorageServiceMBean {
  String getLocalHostId();

  Map<String, String> getEndpointWithPortToHostId();

  List<String> getLiveNodesWithPort();

  String getClusterName();

  String getOperationMode();

  int getCompactionThroughputMbPerSec();

  void setCompactionThroughputMbPerSec(int mebibytes);

  List<String> getKeyspaces();

  void forceKeyspaceFlush(String keyspace, String... tables);

  void forceKeyspaceCompaction(boolean split, String keyspace, String... tables);

  void truncate(String keyspace, String table);

  Map<String, TabularData> getSnapshotDetails();

  void takeSnapshot(String tag, Map<String, String> options, String... keyspaces);

  void clearSnapshot(String tag, String... keyspaces);

  int upgradeSSTables(
      String keyspace, boolean excludeCurrent, long maxTimestamp, int jobs, String... tables)
      throws Exception;
}
