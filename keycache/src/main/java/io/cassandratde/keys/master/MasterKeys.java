package io.cassandratde.keys.master;

import io.cassandratde.keys.KeyReference;
import java.util.function.Function;

/**
 * The port to whatever wraps data keys. A master key has a reference that stays its own wherever it
 * is copied to: by it a wrapped key finds the key that opens it, whichever is current by then.
 *
 * <p>Calls may block on the network or on a device and throw {@link
 * io.cassandratde.keys.KeyException}s: none of them ever means that a wrapped key is damaged, but
 * {@link DamagedWrapException} alone. Implementations are thread-safe.
 */
public interface MasterKeys extends AutoCloseable {

  /**
   * The one that whoever holds the keys offers for wrapping now. Which one does wrap is agreed on
   * by the nodes of a cluster, and may be the one of before until they have.
   */
  KeyReference current();

  /**
   * Wraps a key.
   *
   * @param by the master key that wraps
   * @param material 16, 24 or 32 bytes; the caller wipes them
   * @param binding what the key is; opening asks for the same
   */
  WrappedKey wrap(KeyReference by, byte[] material, KeyBinding binding);

  /**
   * Opens a wrapped key for as long as {@code use} takes; wiped afterwards.
   *
   * @throws DamagedWrapException it is not what was wrapped, or not for this
   */
  <T> T unwrap(WrappedKey wrapped, KeyBinding binding, Function<byte[], T> use)
      throws DamagedWrapException;

  /**
   * Has the next use ask whoever holds the keys, whatever is in memory still. For proofs: that a
   * key opened moments ago does not show that it is there now.
   */
  default void askAnew() {}

  @Override
  void close();
}
