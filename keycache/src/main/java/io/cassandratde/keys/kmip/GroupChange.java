package io.cassandratde.keys.kmip;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.WrongKeyException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * New groups on their way into use. In two steps, for names of groups lead here from elsewhere too:
 * after {@link #add} all groups of before and after can be asked, after {@link #complete} those of
 * after alone. Closed before it is complete, it takes back everything.
 */
public final class GroupChange implements AutoCloseable {

  private final Map<String, ServedGroup> before;
  private final Map<String, ServedGroup> after;
  private final Consumer<Map<String, ServedGroup>> use;
  private boolean complete;

  GroupChange(
      Map<String, ServedGroup> before,
      Map<String, ServedGroup> after,
      Consumer<Map<String, ServedGroup>> use) {
    this.before = before;
    this.after = after;
    this.use = use;
  }

  /** Groups that are there before and after, but by another configuration or with other stores. */
  public Set<String> replaced() {
    Set<String> replaced = new TreeSet<>(after.keySet());
    replaced.removeIf(name -> !before.containsKey(name) || before.get(name) == after.get(name));
    return replaced;
  }

  /**
   * Of {@link #replaced} those whose configuration is the same: their stores hold something else.
   */
  public Set<String> otherStores() {
    Set<String> renewed = replaced();
    renewed.removeIf(name -> !config(before, name).equals(config(after, name)));
    return renewed;
  }

  private static Object config(Map<String, ServedGroup> groups, String name) {
    return Objects.requireNonNull(groups.get(name)).config();
  }

  /**
   * Requires of a group that was replaced that it gives the keys which this process seals with.
   * Only where the group of before does not give them either, an outage is none of the change's
   * making: it may be what the change ends.
   *
   * @throws KeyException naming group and key; nothing has changed
   */
  public void prove(String name, Collection<KeyReference> keys) {
    ServedGroup old = before.get(name);
    ServedGroup fresh = after.get(name);
    if (old == null || fresh == null || old == fresh) {
      return;
    }
    for (KeyReference key : keys) {
      try {
        fetch(fresh, name, key);
      } catch (KeyException missing) {
        if (missing instanceof KeyUnavailableException && !gives(old, name, key)) {
          continue;
        }
        throw new KeyConfigException(
            "with the new settings or TLS stores, group "
                + name
                + " does not give "
                + key
                + ", which this node seals with: "
                + missing.getMessage());
      }
    }
  }

  private static boolean gives(ServedGroup group, String name, KeyReference key) {
    try {
      fetch(group, name, key);
      return true;
    } catch (KeyException outage) {
      return false;
    }
  }

  private static void fetch(ServedGroup group, String name, KeyReference key) {
    if (!group.begin()) {
      throw new KeyUnavailableException("group " + name + " is closed");
    }
    DataKey fetched = group.ask(asked -> asked.group().byId(key));
    fetched.retire();
    if (!fetched.reference().equals(key)) {
      throw new WrongKeyException(
          key + " is another key there: was the group pointed at another server?");
    }
  }

  /** All groups can be asked, by their new configuration if they have one. */
  public void add() {
    Map<String, ServedGroup> all = new LinkedHashMap<>(after);
    before.forEach(all::putIfAbsent);
    use.accept(all);
  }

  /** Groups that are not configured any more are closed when their last question has ended. */
  public void complete() {
    use.accept(after);
    complete = true;
    before.values().stream().filter(old -> !after.containsValue(old)).forEach(ServedGroup::retire);
  }

  @Override
  public void close() {
    if (!complete) {
      use.accept(before);
      after.values().stream()
          .filter(opened -> !before.containsValue(opened))
          .forEach(ServedGroup::retire);
    }
  }
}
