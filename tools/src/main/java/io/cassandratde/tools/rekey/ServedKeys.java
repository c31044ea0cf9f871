package io.cassandratde.tools.rekey;

import io.cassandratde.keys.kmip.KeyAdministration;
import io.cassandratde.keys.kmip.KeyFacts;
import io.cassandratde.kmip.KeyState;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Keys of a KMIP group: made Pre-Active, activated, and the old one revoked. */
public final class ServedKeys implements KeySource {

  /** Dates of keys are whole seconds, and the newest one is current. */
  private static final Duration APART = Duration.ofSeconds(2);

  private final KeyServer server;

  public ServedKeys(KeyServer server) {
    this.server = server;
  }

  @Override
  public ReplacedKey get(String keyId) throws Exception {
    KeyFacts key = server.get(keyId);
    return new ReplacedKey(
        key.id(), key.bits(), key.namespace(), null, label(key.state()), isGone(key.state()));
  }

  private static boolean isGone(@Nullable KeyState state) {
    return state == KeyState.DESTROYED || state == KeyState.DESTROYED_COMPROMISED;
  }

  private static String label(@Nullable KeyState state) {
    return state == null ? "state unknown" : state.label();
  }

  @Override
  public void makeSuccessor(RekeyContext run, ReplacedKey replaced) throws Exception {
    String id = run.state().newKeyId();
    KeyFacts key = id == null ? make(run, server.get(replaced.id())) : server.get(id);
    if (key.state() == KeyState.PRE_ACTIVE) {
      boolean served = NewKeyCheck.run(run, key.id(), true);
      key = server.activate(key.id());
      run.display().line("key " + key.id() + " is Active");
      if (served) {
        return;
      }
    } else if (key.state() != KeyState.ACTIVE) {
      throw new CommandFailure(
          ExitCode.REFUSED,
          "key %s, which is to replace %s, is %s: it was replaced itself; look at the group with managekmip list, and move %s away to begin anew"
              .formatted(
                  key.id(),
                  run.request(),
                  key.state() == null ? "in a state that is not told" : key.state().label(),
                  run.state().file()));
    }
    var unused = NewKeyCheck.run(run, key.id(), false);
  }

  /** By a name that is in the state file first: a run that dies in between finds its key. */
  private KeyFacts make(RekeyContext run, KeyFacts old) throws Exception {
    Instant born = old.activation() == null ? old.creation() : old.activation();
    if (born != null && run.patience().now().isBefore(born.plus(APART))) {
      run.patience().pause(APART);
    }
    String name = run.state().newKeyName();
    if (name == null) {
      name = UUID.randomUUID() + "_0";
      run.state().newKeyNamed(name);
    }
    KeyFacts made = server.prepared(name);
    if (made == null) {
      made = server.prepare(old, run.request().template(), name);
    }
    if (made.bits() != old.bits() || !Objects.equals(made.namespace(), old.namespace())) {
      if (made.state() == KeyState.PRE_ACTIVE) {
        server.removePrepared(made.id());
      }
      throw new CommandFailure(
          ExitCode.REFUSED,
          "the server made a key of %d bits and namespace %s where %d and %s were asked for; nothing was replaced"
              .formatted(made.bits(), made.namespace(), old.bits(), old.namespace()));
    }
    run.state().newKeyIs(made.id());
    run.display().line("key " + made.id() + " is made, " + label(made.state()));
    return made;
  }

  @Override
  public void retire(RekeyContext run, ReplacedKey replaced) throws Exception {
    RekeyRequest request = run.request();
    KeyState state = server.get(replaced.id()).state();
    if (state == KeyState.DEACTIVATED || state == KeyState.COMPROMISED) {
      run.display().line(request + " is " + state.label() + " already");
      return;
    }
    KeyAdministration.Changed changed =
        server.revoke(request.keyId(), request.reason(), request.message(), request.force());
    KeyState now = changed.key().state();
    run.display().line(request + " is revoked: " + (now == null ? "?" : now.label()));
    changed.warnings().forEach(warning -> run.display().line("  " + warning));
  }
}
