package io.cassandratde.tools.jmx;

/** A table of a keyspace. */
public record TableName(String keyspace, String table) {
  @Override
  public String toString() {
    return keyspace + "." + table;
  }
}
