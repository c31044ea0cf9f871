package io.cassandratde.e2e.load;

import com.datastax.oss.driver.api.core.CqlSession;

/**
 * A table under load.
 *
 * @param name without its keyspace
 * @param compaction class of its strategy, and what may follow in its options
 */
public record LoadTable(String name, String compaction) {

  public void create(CqlSession cql) {
    cql.execute(
        "CREATE TABLE load."
            + name
            + " (pk text, ck int, version int, v text, tag text, PRIMARY KEY (pk, ck)) WITH"
            + " compaction = {'class': '"
            + compaction
            + "'} AND gc_grace_seconds = 0");
    cql.execute("CREATE INDEX ON load." + name + " (tag) USING 'sai'");
  }

  String full() {
    return "load." + name;
  }
}
