package io.cassandratde.tools.rekey;

import io.cassandratde.keys.kmip.KeyFacts;
import io.cassandratde.kmip.KeyState;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.cluster.CheckedKey;
import io.cassandratde.tools.run.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A key of the same spec, which every node has fetched and checked before it becomes current
 * (docs/RULES.md R15). None is made where the nodes have left the key for another one already.
 */
final class NewKey implements Stage<RekeyContext> {

  /** Dates of keys are whole seconds, and the newest one is current. */
  private static final Duration APART = Duration.ofSeconds(2);

  @Override
  public String name() {
    return "NEW KEY";
  }

  @Override
  public String what() {
    return "made, checked on every node, then activated";
  }

  @Override
  public void run(RekeyContext run) throws Exception {
    RekeyRequest request = run.request();
    KeyFacts old = run.keys().get(request.keyId());
    String id = run.state().newKeyId();
    if (id == null && run.state().newKeyName() == null) {
      String other = inUseInstead(run, old);
      if (other != null) {
        run.state().newKeyIs(other);
        run.display().line("the nodes seal with key " + other + " already; no key is made");
        return;
      }
    }
    KeyFacts key = id == null ? make(run, old) : run.keys().get(id);
    if (key.state() == KeyState.PRE_ACTIVE) {
      boolean served = check(run, key.id(), true);
      key = run.keys().activate(key.id());
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
                  request,
                  key.state() == null ? "in a state that is not told" : key.state().label(),
                  run.state().file()));
    }
    var unused = check(run, key.id(), false);
  }

  /** The one key that all nodes that tell seal this spec with, if it is another; else null. */
  private static @Nullable String inUseInstead(RekeyContext run, KeyFacts old) throws Exception {
    Set<String> current = new LinkedHashSet<>();
    for (Node node : run.cluster().look().reached()) {
      try {
        CurrentKeys.of(node, run.request(), old).forEach(key -> current.add(key.keyId()));
      } catch (NodeTroubleException e) {
        run.display().line("  OPEN: " + e.text());
      }
    }
    if (current.size() != 1) {
      return null;
    }
    String only = current.iterator().next();
    return only.equals(old.id()) ? null : only;
  }

  /** By a name that is in the state file first: a run that dies in between finds its key. */
  private static KeyFacts make(RekeyContext run, KeyFacts old) throws Exception {
    Instant born = old.activation() == null ? old.creation() : old.activation();
    if (born != null && run.patience().now().isBefore(born.plus(APART))) {
      run.patience().pause(APART);
    }
    String name = run.state().newKeyName();
    if (name == null) {
      name = UUID.randomUUID() + "_0";
      run.state().newKeyNamed(name);
    }
    KeyFacts made = run.keys().prepared(name);
    if (made == null) {
      made = run.keys().prepare(old, run.request().template(), name);
    }
    if (made.bits() != old.bits() || !Objects.equals(made.namespace(), old.namespace())) {
      if (made.state() == KeyState.PRE_ACTIVE) {
        run.keys().removePrepared(made.id());
      }
      throw new CommandFailure(
          ExitCode.REFUSED,
          "the server made a key of %d bits and namespace %s where %d and %s were asked for; nothing was replaced"
              .formatted(made.bits(), made.namespace(), old.bits(), old.namespace()));
    }
    run.state().newKeyIs(made.id());
    run.display()
        .line(
            "key "
                + made.id()
                + " is made, "
                + (made.state() == null ? "state unknown" : made.state().label()));
    return made;
  }

  /**
   * Has every node that can be asked fetch the key.
   *
   * @param mayNotBeServed some servers give no Pre-Active keys out
   * @return false: the servers do not
   */
  private static boolean check(RekeyContext run, String id, boolean mayNotBeServed)
      throws Exception {
    Set<String> values = new LinkedHashSet<>();
    int nodes = 0;
    for (Node node : run.cluster().look().reached()) {
      try {
        CheckedKey checked =
            run.patience()
                .untilReached(
                    node.name(),
                    () -> node.ask(keys -> keys.checkKey(run.request().group(), id)),
                    e -> e instanceof NodeTroubleException trouble && !trouble.refused());
        values.add(checked.checkValue());
        nodes++;
      } catch (NodeTroubleException e) {
        if (!e.refused()) {
          run.troubles().add(node.name(), e.text());
        } else if (mayNotBeServed && values.isEmpty()) {
          run.display()
              .line(
                  "the servers give no Pre-Active key out, so it is activated first: " + e.text());
          return false;
        } else {
          throw new CommandFailure(
              ExitCode.REFUSED,
              "a node cannot use key %s, so %s is not revoked: %s"
                  .formatted(id, run.request(), e.text()),
              e);
        }
      }
    }
    if (values.size() != 1) {
      throw new CommandFailure(
          ExitCode.REFUSED,
          values.isEmpty()
              ? "no node could check key " + id + "; " + run.request() + " is not revoked"
              : "nodes see different keys under id %s (check values %s): they ask different servers; %s is not revoked"
                  .formatted(id, values, run.request()));
    }
    run.display()
        .line(
            "key %s: the same check value %s on %d nodes"
                .formatted(id, values.iterator().next(), nodes));
    return true;
  }
}
