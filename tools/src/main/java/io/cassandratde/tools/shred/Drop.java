package io.cassandratde.tools.shred;

/** Drops a keyspace. */
public interface Drop {
  void keyspace(String name) throws Exception;
}
