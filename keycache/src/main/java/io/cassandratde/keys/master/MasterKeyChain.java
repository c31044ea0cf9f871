package io.cassandratde.keys.master;

import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The master key of one name, where it is and where it was before: it moves from a key file to a
 * KMIP group or into a token while its name, by which tables know it, stays.
 *
 * <p>New keys come from its source alone. What was wrapped before, and what the nodes of the
 * cluster still wrap by, is told by the reference: its group tag says which of the places it is in.
 */
public final class MasterKeyChain implements MasterKeys {

  private final String name;
  private final List<Place> places;

  /**
   * Where master keys are.
   *
   * @param text for messages: {@code key file /etc/…}
   * @param tags of the keys there: of their group by all names that it has or had
   */
  public record Place(String text, Set<Integer> tags, MasterKeys keys) {
    public Place {
      tags = Set.copyOf(tags);
    }
  }

  /**
   * A master key.
   *
   * @param former where it was before
   */
  public MasterKeyChain(String name, Place source, List<Place> former) {
    this.name = name;
    List<Place> all = new ArrayList<>(List.of(source));
    all.addAll(former);
    places = List.copyOf(all);
  }

  /** Where new keys come from, for messages. */
  public String source() {
    return places.get(0).text();
  }

  /** Where this key is, as far as its reference tells; null: nowhere in this configuration. */
  public @Nullable String whereIs(KeyReference key) {
    List<Place> there = places(key);
    return there.isEmpty()
        ? null
        : there.stream().map(Place::text).collect(Collectors.joining(" or "));
  }

  private List<Place> places(KeyReference key) {
    return places.stream().filter(place -> place.tags().contains(key.groupTag())).toList();
  }

  @Override
  public KeyReference current() {
    return places.get(0).keys().current();
  }

  @Override
  public WrappedKey wrap(KeyReference by, byte[] material, KeyBinding binding) {
    Attempts attempts = new Attempts(by);
    for (Place place : places(by)) {
      try {
        return place.keys().wrap(by, material, binding);
      } catch (KeyException e) {
        attempts.failed(e);
      }
    }
    throw attempts.failure();
  }

  @Override
  public <T> T unwrap(WrappedKey wrapped, KeyBinding binding, Function<byte[], T> use)
      throws DamagedWrapException {
    Attempts attempts = new Attempts(wrapped.masterKey());
    for (Place place : places(wrapped.masterKey())) {
      try {
        return place.keys().unwrap(wrapped, binding, use);
      } catch (KeyException e) {
        attempts.failed(e);
      }
    }
    throw attempts.failure();
  }

  /** Several places have the same tag: key files, or namespaces of a KMIP group. */
  private final class Attempts {
    private final KeyReference key;
    private @Nullable KeyException first;

    Attempts(KeyReference key) {
      this.key = key;
    }

    /** That a key is not there is told only where nothing worse was found. */
    void failed(KeyException e) {
      if (first == null || first instanceof KeyNotFoundException) {
        first = e;
      }
    }

    KeyException failure() {
      if (first != null) {
        return first;
      }
      return new KeyConfigException(
          "data keys are wrapped by %s, and none of the places that the configuration has for master key %s can have it (%s): name where it is, under former of replicated_keys.master_keys.%s"
              .formatted(
                  key,
                  name,
                  places.stream().map(Place::text).collect(Collectors.joining(", ")),
                  name));
    }
  }

  @Override
  public void askAnew() {
    places.forEach(place -> place.keys().askAnew());
  }

  @Override
  public void close() {
    places.forEach(place -> place.keys().close());
  }

  @Override
  public String toString() {
    return "master key " + name + " (" + source() + ")";
  }
}
