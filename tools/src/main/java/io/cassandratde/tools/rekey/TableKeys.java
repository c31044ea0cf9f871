package io.cassandratde.tools.rekey;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.audit.AuditLog;
import io.cassandratde.tools.cluster.DataKeyInfo;
import io.cassandratde.tools.cluster.NodeFailureException;
import io.cassandratde.tools.cluster.NodeHierarchy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Data keys of the cluster's own table: the successor is the next version, and the old one is
 * marked for as long as its data is being rewritten.
 */
public final class TableKeys implements KeySource {

  private final Cluster cluster;
  private final AuditLog audit;

  public TableKeys(Cluster cluster, AuditLog audit) {
    this.cluster = cluster;
    this.audit = audit;
  }

  /** What is asked of a node; any one of them speaks for all. */
  private interface Question<T> {
    T of(NodeHierarchy node) throws NodeFailureException;
  }

  private <T> T any(String nobody, Question<T> question) throws Exception {
    List<String> failures = new ArrayList<>();
    for (Node node : cluster.look().reached()) {
      try {
        return node.ask(keys -> question.of(new NodeHierarchy(keys.node())));
      } catch (NodeTroubleException e) {
        failures.add(e.text());
      }
    }
    throw new CommandFailure(
        ExitCode.UNREACHABLE,
        nobody + ": " + (failures.isEmpty() ? "no node answers" : String.join("; ", failures)));
  }

  private List<DataKeyInfo> all() throws Exception {
    return any("no node tells the data keys", NodeHierarchy::dataKeys);
  }

  /** Whether there are any under the master key of this name. */
  public boolean has(String master) throws Exception {
    return all().stream().anyMatch(key -> key.master().equals(master));
  }

  private DataKeyInfo key(String keyId) throws Exception {
    return all().stream()
        .filter(key -> key.keyId().equals(keyId))
        .findFirst()
        .orElseThrow(
            () ->
                new CommandFailure(
                    ExitCode.NOT_FOUND,
                    "the cluster has no data key " + keyId + "; `keys list` shows them"));
  }

  @Override
  public ReplacedKey get(String keyId) throws Exception {
    DataKeyInfo key = key(keyId);
    return new ReplacedKey(
        keyId,
        key.bits(),
        key.namespace().isEmpty() ? null : key.namespace(),
        null,
        key.state(),
        key.is("RETIRED"));
  }

  @Override
  public void makeSuccessor(RekeyContext run, ReplacedKey old) throws Exception {
    DataKeyInfo before = key(old.id());
    Optional<DataKeyInfo> next =
        all().stream()
            .filter(key -> key.isOfLine(before) && key.version() > before.version())
            .filter(key -> key.is("ACTIVE"))
            .max(java.util.Comparator.comparingInt(DataKeyInfo::version));
    String id = next.isPresent() ? next.get().keyId() : rotate(before);
    run.state().newKeyIs(id);
    run.display().line("key " + id + " follows " + old.id() + " in " + before.line());
    var unused = NewKeyCheck.run(run, id, false);
  }

  private String rotate(DataKeyInfo before) throws Exception {
    return audit
        .operation("rotate-data-key")
        .groupName(before.group())
        .option("replaces", before.keyId())
        .option("command", "rekey")
        .run(
            () ->
                any(
                    "no new data key was made for " + before.line(),
                    node ->
                        node.rotate(
                            before.master(), before.namespace(), before.bits(), before.version())),
            made -> made);
  }

  @Override
  public void retire(RekeyContext run, ReplacedKey old) throws Exception {
    DataKeyInfo key = key(old.id());
    if (key.is("INACTIVE") || key.is("DEPRECATED")) {
      mark(key, "REKEYING");
    }
    run.display().line(run.request() + " is " + key(old.id()).state());
  }

  @Override
  public void unneeded(RekeyContext run, ReplacedKey old) throws Exception {
    mark(key(old.id()), "DEPRECATED");
    run.display()
        .line(run.request() + " is DEPRECATED: `keys gc` takes it away after its retention");
  }

  private void mark(DataKeyInfo key, String state) throws Exception {
    var unused =
        any(
            "data key " + key.keyId() + " was not marked " + state,
            node -> {
              node.mark(key.keyId(), state);
              return true;
            });
  }
}
