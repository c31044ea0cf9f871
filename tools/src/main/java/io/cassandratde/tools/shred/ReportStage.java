package io.cassandratde.tools.shred;

import io.cassandratde.keys.kmip.KeyFacts;
import io.cassandratde.kmip.KeyState;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.tools.cluster.ClusterInventory;
import io.cassandratde.tools.cluster.OutOfSight;
import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.output.Json;
import io.cassandratde.tools.run.Stage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What was erased, by which evidence, and what was not or cannot be known. */
final class ReportStage implements Stage<ShredRun> {

  /** Of every cluster. */
  private static final List<String> NEVER_ERASED =
      List.of(
          "copies of the keys in backups of the key servers: destroy these as the servers' makers say",
          "names of the keyspace, its tables and columns in the schema's own tables and in logs; in"
              + " logs of Cassandra and of clients, keys of partitions too",
          "state of lightweight transactions (system.paxos and its files), under the system's keys,"
              + " until Cassandra purges it",
          "blocks of deleted files on disks, of parts that were not under these keys",
          "heap dumps, core dumps and swap of nodes and clients");

  @Override
  public String name() {
    return "REPORT";
  }

  @Override
  public String what() {
    return "what was erased, and what was not";
  }

  @Override
  public void run(ShredRun run) throws Exception {
    otherKeys(run);
    ClusterInventory inventory;
    try (ClusterNodes cluster = run.nodes().connect()) {
      inventory = ClusterInventory.read(cluster);
    }
    Path file = run.request().report();
    Files.writeString(file, Json.of(tree(run, inventory)) + "\n");
    for (TenantKey key : run.state().keys()) {
      run.display().line("destroyed " + run.state().destroyed(key) + ": " + key);
    }
    run.state().notErased().forEach(each -> run.display().line("NOT ERASED: " + each));
    NEVER_ERASED.forEach(each -> run.display().line("NOT ERASED: " + each));
    run.display().line("attested: " + run.confirmation().attested());
    run.display().line("report: " + file);
  }

  /** Former keys of the same namespace, whose files may be in old backups. */
  private static void otherKeys(ShredRun run) throws KmipException {
    Set<List<String>> namespaces = new LinkedHashSet<>();
    for (TenantKey key : run.state().keys()) {
      String namespace = run.state().namespace(key);
      if (namespace != null) {
        namespaces.add(List.of(key.group(), namespace));
      }
    }
    Set<String> known = new LinkedHashSet<>();
    run.state().keys().forEach(key -> known.add(key.keyId()));
    for (List<String> each : namespaces) {
      for (KeyFacts key : run.servers().administration(each.get(0)).list(each.get(1)).keys()) {
        boolean gone =
            key.state() == KeyState.DESTROYED || key.state() == KeyState.DESTROYED_COMPROMISED;
        if (!known.contains(key.id()) && !gone) {
          run.state()
              .notErased(
                  ("key %s of group %s, namespace %s, is still there: no file on a node needs it;"
                          + " backups from the time when one did can be read with it: managekmip"
                          + " destroy it")
                      .formatted(key.id(), each.get(0), each.get(1)));
        }
      }
    }
  }

  private static Map<String, @Nullable Object> tree(ShredRun run, ClusterInventory inventory) {
    ShredState state = run.state();
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("format", "cassandra-tde-shred-report");
    tree.put("version", 1);
    tree.put("keyspace", run.request().keyspace());
    tree.put("begun", state.begun());
    tree.put("dropped", String.valueOf(state.dropped()));
    tree.put("at", run.patience().now().toString());
    tree.put("keys", state.keyTree());
    tree.put("done", state.done());
    tree.put("nodes", nodes(run, inventory));
    List<String> notErased = new ArrayList<>(state.notErased());
    notErased.addAll(NEVER_ERASED);
    tree.put("not_erased", notErased);
    tree.put("attested", run.confirmation().attested());
    tree.put("approved_by", run.consent().approvedBy());
    tree.put("not_seen", Arrays.stream(OutOfSight.values()).map(OutOfSight::what).toList());
    return tree;
  }

  private static List<Map<String, @Nullable Object>> nodes(
      ShredRun run, ClusterInventory inventory) {
    List<Map<String, @Nullable Object>> nodes = new ArrayList<>();
    for (ClusterInventory.Told told : inventory.told()) {
      Map<String, @Nullable Object> node = new LinkedHashMap<>();
      node.put("node", told.node());
      node.put("host_id", told.hostId());
      node.put("read_at", told.inventory().readAt().toString());
      node.put("complete", told.inventory().complete());
      node.put("sstables", told.inventory().sstables());
      node.put(
          "left",
          told.inventory().uses().stream()
              .filter(use -> run.state().keys().stream().anyMatch(key -> key.isNeededBy(use)))
              .map(TenantPlan::text)
              .toList());
      nodes.add(node);
    }
    for (ClusterInventory.Silent silent : inventory.silent()) {
      Map<String, @Nullable Object> node = new LinkedHashMap<>();
      node.put("node", silent.node());
      node.put("failure", silent.reason());
      nodes.add(node);
    }
    return nodes;
  }
}
