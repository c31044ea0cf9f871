/**
 * What must stand in this package of Cassandra's to have it merge its files; the rest is in {@code
 * io.cassandratde.sstable.cassandra}. Our class is marked by itself, as the package's others say
 * nothing about null.
 */
package org.apache.cassandra.service.paxos.uncommitted;
