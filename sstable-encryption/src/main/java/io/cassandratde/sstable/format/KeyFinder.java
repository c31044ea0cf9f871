package io.cassandratde.sstable.format;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.WrongKeyException;
import java.util.function.Function;

/** Finds the data key that sealed data names. */
@FunctionalInterface
public interface KeyFinder {

  /**
   * How often a data key may be wiped between being found and being used before that is an error.
   */
  int ATTEMPTS = 100;

  /**
   * The key of this reference.
   *
   * @throws io.cassandratde.keys.KeyException typed by what the operator does about it; never an
   *     IOException, which would read as corruption
   */
  DataKey find(KeyReference reference);

  /**
   * Refuses a key that others have found already and that is not for whoever asks here. Only where
   * {@link #isGuarded}.
   *
   * @throws io.cassandratde.keys.KeyException naming the remedy
   */
  default void require(KeyReference reference) {}

  /** Whether {@link #require} is to be asked; cheap. */
  default boolean isGuarded() {
    return false;
  }

  /**
   * What {@code use} makes of the named key, after its check value was compared (docs/RULES.md R2).
   * A key that was wiped meanwhile is found once more.
   *
   * @param what was sealed, for the message: "this chunk"
   * @throws WrongKeyException the id names another key than the one that sealed
   */
  default <T> T use(KeyReference named, String what, Function<DataKey, T> use) {
    for (int attempt = 1; ; attempt++) {
      DataKey key = find(named);
      if (key.reference().checkValue() != named.checkValue()) {
        throw new WrongKeyException(
            what
                + " was sealed by "
                + named
                + ", and the key server gave another key under that id: "
                + key.reference()
                + ". Was the server restored or replaced? The data is not damaged.");
      }
      try {
        return use.apply(key);
      } catch (IllegalStateException wipedMeanwhile) {
        if (attempt >= ATTEMPTS || !key.isWiped()) {
          throw wipedMeanwhile;
        }
      }
    }
  }
}
