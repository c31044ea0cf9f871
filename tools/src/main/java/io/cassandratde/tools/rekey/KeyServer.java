package io.cassandratde.tools.rekey;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.config.KmipGroupConfig;
import io.cassandratde.keys.kmip.KeyAdministration;
import io.cassandratde.keys.kmip.KeyFacts;
import io.cassandratde.kmip.KmipUnavailableException;
import io.cassandratde.kmip.RevocationReason;
import io.cassandratde.tools.audit.AuditLog;
import io.cassandratde.tools.audit.AuditedOperation;
import io.cassandratde.tools.run.Patience;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The keys of the group, every change on record; servers that are away are waited for. */
public final class KeyServer {

  private final KeyAdministration keys;
  private final KmipGroupConfig group;
  private final AuditLog audit;
  private final Patience patience;
  private final String command;

  /**
   * @param command that the changes are on record of
   */
  public KeyServer(
      KeyAdministration keys,
      KmipGroupConfig group,
      AuditLog audit,
      Patience patience,
      String command) {
    this.command = command;
    this.keys = keys;
    this.group = group;
    this.audit = audit;
    this.patience = patience;
  }

  public KeyFacts get(String id) throws Exception {
    return reached(() -> keys.get(id));
  }

  @Nullable KeyFacts prepared(String name) throws Exception {
    return reached(() -> keys.prepared(name));
  }

  /** Once only: a creation whose answer was lost is found by its name. */
  KeyFacts prepare(KeyFacts like, @Nullable String template, String name) throws Exception {
    CipherSpec cipher = CipherSpec.aes(like.bits());
    return operation("createkey")
        .option("replaces", like.id())
        .option("name", name)
        .run(() -> keys.prepare(cipher, like.namespace(), template, name), KeyFacts::id);
  }

  KeyFacts activate(String id) throws Exception {
    return reached(() -> operation("activate").key(id).run(() -> keys.activatePrepared(id)));
  }

  /**
   * Ends the sealing life of a key.
   *
   * @param force leaves out the probe of docs/RULES.md R17
   */
  public KeyAdministration.Changed revoke(
      String id, RevocationReason reason, @Nullable String message, boolean force)
      throws Exception {
    return reached(
        () ->
            operation("revoke")
                .key(id)
                .option("reason", reason.name())
                .option("message", message)
                .option("force", force)
                .run(() -> keys.revoke(id, reason, message, force)));
  }

  /** A key that never sealed anything. */
  void removePrepared(String id) throws Exception {
    var unused = operation("destroy").key(id).run(() -> keys.destroy(id));
  }

  private AuditedOperation operation(String name) throws Exception {
    return audit.operation(name).group(group).option("command", command);
  }

  private <T> T reached(Callable<T> question) throws Exception {
    return patience.untilReached(
        "the key servers of group " + group.name(),
        question,
        e -> e instanceof KmipUnavailableException || e instanceof KeyUnavailableException);
  }
}
