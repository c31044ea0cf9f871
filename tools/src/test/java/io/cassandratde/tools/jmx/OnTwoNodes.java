package io.cassandratde.tools.jmx;

import io.cassandratde.tools.TestSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** {@code upgradesstables} on two nodes with the tables of keyspace cycling. */
class OnTwoNodes {
  final TestSession session = new TestSession();
  final JmxNode a;
  final JmxNode b;

  OnTwoNodes() throws Exception {
    a = new JmxNode("id-a");
    b = new JmxNode("id-b");
  }

  @BeforeEach
  void tables() throws Exception {
    a.table("cycling", "riders", 3, 3000).table("cycling", "races", 1, 10);
    b.table("cycling", "riders", 2, 2000).table("cycling", "races", 0, 0);
  }

  @AfterEach
  void stop() throws Exception {
    a.close();
    b.close();
  }

  final String both() {
    return a.address() + "," + b.address();
  }
}
