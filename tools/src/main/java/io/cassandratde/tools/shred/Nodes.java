package io.cassandratde.tools.shred;

import io.cassandratde.tools.jmx.ClusterNodes;

/** Connects to every node of the cluster, anew for each stage, for stages wait long. */
public interface Nodes {
  ClusterNodes connect() throws Exception;
}
