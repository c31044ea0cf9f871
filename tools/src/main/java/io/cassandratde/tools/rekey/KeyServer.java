package io.cassandratde.tools.rekey;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.config.KmipGroupConfig;
import io.cassandratde.keys.kmip.KeyAdministration;
import io.cassandratde.keys.kmip.KeyFacts;
import io.cassandratde.kmip.KmipUnavailableException;
import io.cassandratde.tools.audit.AuditLog;
import io.cassandratde.tools.audit.AuditedOperation;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The keys of the group, every change on record; servers that are away are waited for. */
public final class KeyServer {

  private final KeyAdministration keys;
  private final KmipGroupConfig group;
  private final AuditLog audit;
  private final Patience patience;

  public KeyServer(
      KeyAdministration keys, KmipGroupConfig group, AuditLog audit, Patience patience) {
    this.keys = keys;
    this.group = group;
    this.audit = audit;
    this.patience = patience;
  }

  KeyFacts get(String id) throws Exception {
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

  KeyAdministration.Changed revoke(RekeyRequest request) throws Exception {
    return reached(
        () ->
            operation("revoke")
                .key(request.keyId())
                .option("reason", request.reason().name())
                .option("message", request.message())
                .option("force", request.force())
                .run(
                    () ->
                        keys.revoke(
                            request.keyId(),
                            request.reason(),
                            request.message(),
                            request.force())));
  }

  /** A key that never sealed anything. */
  void removePrepared(String id) throws Exception {
    var unused = operation("destroy").key(id).run(() -> keys.destroy(id));
  }

  private AuditedOperation operation(String name) throws Exception {
    return audit.operation(name).group(group).option("command", "rekey");
  }

  private <T> T reached(Callable<T> question) throws Exception {
    return patience.untilReached(
        "the key servers of group " + group.name(),
        question,
        e -> e instanceof KmipUnavailableException || e instanceof KeyUnavailableException);
  }
}
