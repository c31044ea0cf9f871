/**
 * What the nodes of a cluster tell each other about keys, in keyspace {@code encryption_control},
 * and its bean {@link io.cassandratde.sstable.cassandra.control.EncryptionControlMXBean}.
 *
 * <p>Nothing here runs on a thread that reads or writes data: the keyspace is an ordinary one, so a
 * statement may itself wait for the key that is missing, and each has a time limit.
 */
@NullMarked
package io.cassandratde.sstable.cassandra.control;

import org.jspecify.annotations.NullMarked;
