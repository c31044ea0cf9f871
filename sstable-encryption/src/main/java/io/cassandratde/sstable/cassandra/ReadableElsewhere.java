package io.cassandratde.sstable.cassandra;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.cassandratde.keys.config.EncryptionPolicy;
import java.lang.management.ManagementFactory;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.cassandra.audit.AuditLogManager;
import org.apache.cassandra.config.DatabaseDescriptor;
import org.apache.cassandra.db.Keyspace;
import org.apache.cassandra.fql.FullQueryLogger;
import org.apache.cassandra.schema.Schema;
import org.apache.cassandra.service.StorageService;

/**
 * Warns of what a node with encrypted tables writes in clear beside them and nothing of ours can
 * seal or veto: an operator turns it on, in cassandra.yaml or later by nodetool. Once for each time
 * that it is on.
 */
final class ReadableElsewhere {

  /** What is on. */
  enum Leak {
    AUDIT_LOG(
        "PLAINTEXT: the audit log is on, and it writes statements with the values in them; nothing"
            + " encrypts it. Keep its directory on an encrypted volume, or turn it off: nodetool"
            + " disableauditlog, and audit_logging_options in cassandra.yaml"),
    FULL_QUERY_LOG(
        "PLAINTEXT: the full query log is on, and it writes all statements and bound values; nothing"
            + " encrypts it. Turn it off: nodetool disablefullquerylog; and remove its files: nodetool"
            + " resetfullquerylog"),
    HEAP_DUMP(
        "PLAINTEXT: this JVM writes a heap dump when memory runs out (HeapDumpOnOutOfMemoryError, or"
            + " dump_heap_on_uncaught_exception in cassandra.yaml); it would hold keys and rows. Turn"
            + " it off, or keep its directory on an encrypted volume"),
    SYSTEM_KEYSPACES(
        "PLAINTEXT: tables are encrypted and the system keyspaces are not. system.batches,"
            + " system.paxos, system.prepared_statements, system.top_partitions and system_traces hold"
            + " keys, values and statements of any table. Remedy: `sstable: {selected_format: ebti}`"
            + " in cassandra.yaml and `encrypt: {system: true}` in tde.yaml");

    private final String warning;

    Leak(String warning) {
      this.warning = warning;
    }
  }

  private final Consumer<String> warn;
  private final Set<Leak> said = EnumSet.noneOf(Leak.class);
  private final Set<String> saidUnknown = new HashSet<>();

  ReadableElsewhere(Consumer<String> warn) {
    this.warn = warn;
  }

  /** Looks at the node in this process, once it is up. */
  void look(EncryptionPolicy policy) {
    if (!DatabaseDescriptor.isDaemonInitialized()
        || !Keyspace.isInitialized()
        || !StorageService.instance.isDaemonSetupCompleted()) {
      return;
    }
    lookForKeyspaces(policy.keyspaces(), Schema.instance.getKeyspaces());
    if (!protectsAny(policy)) {
      return;
    }
    Set<Leak> now = EnumSet.noneOf(Leak.class);
    if (AuditLogManager.instance.isEnabled()) {
      now.add(Leak.AUDIT_LOG);
    }
    if (FullQueryLogger.instance.isEnabled()) {
      now.add(Leak.FULL_QUERY_LOG);
    }
    if (dumpsHeap()) {
      now.add(Leak.HEAP_DUMP);
    }
    if (policy.defaultKeyOf("system", true) == null) {
      now.add(Leak.SYSTEM_KEYSPACES);
    }
    look(now);
  }

  /** Warns of those that were not on before. */
  synchronized void look(Set<Leak> now) {
    for (Leak leak : now) {
      if (said.add(leak)) {
        warn.accept(leak.warning);
      }
    }
    said.retainAll(now); // one that is turned on again is news
  }

  /** A name that no keyspace has protects nothing, and may be meant for one that has another. */
  synchronized void lookForKeyspaces(Set<String> named, Set<String> there) {
    Set<String> unknown = new TreeSet<>(named);
    unknown.removeAll(there);
    for (String name : unknown) {
      if (saidUnknown.add(name)) {
        warn.accept(
            "`encrypt: {keyspaces: …}` in tde.yaml names "
                + name
                + ", and there is no such keyspace: is it spelled as in DESCRIBE KEYSPACES, capital"
                + " letters included? Until there is one, the name protects nothing");
      }
    }
    saidUnknown.retainAll(unknown);
  }

  private static boolean protectsAny(EncryptionPolicy policy) {
    if (policy.everything() || policy.system() || !policy.keyspaces().isEmpty()) {
      return true;
    }
    AtomicBoolean found = new AtomicBoolean();
    TableDefinitions.forEach(
        table -> found.compareAndSet(false, !found.get() && TableGuard.isEncrypted(table)));
    return found.get();
  }

  private static boolean dumpsHeap() {
    HotSpotDiagnosticMXBean jvm =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    return DatabaseDescriptor.getDumpHeapOnUncaughtException()
        || (jvm != null
            && Boolean.parseBoolean(jvm.getVMOption("HeapDumpOnOutOfMemoryError").getValue()));
  }
}
