package io.cassandratde.sstable.format;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeyUse;
import java.util.Arrays;

/** The subkey of one (data key, salt) with the header bytes that name it. */
final class ChunkKey extends Subkey {

  private static final long serialVersionUID = 1L;

  /** Header bytes from group tag to the end of the salt. */
  private final transient byte[] binding;

  private final transient DataKey source;

  private ChunkKey(DataKey source, byte[] binding, byte[] bytes) {
    super(bytes);
    this.source = source;
    this.binding = binding;
  }

  /**
   * @param header a chunk's header, or a session's template of one
   * @throws IllegalStateException when the data key was wiped meanwhile
   */
  static ChunkKey derive(DataKey key, byte[] header, int saltAt) {
    byte[] context = Arrays.copyOfRange(header, ChunkFormat.GROUP_TAG_AT, saltAt);
    byte[] salt = Arrays.copyOfRange(header, saltAt, saltAt + ChunkFormat.SALT_BYTES);
    byte[] binding =
        Arrays.copyOfRange(header, ChunkFormat.GROUP_TAG_AT, saltAt + ChunkFormat.SALT_BYTES);
    return new ChunkKey(key, binding, key.derive(KeyUse.CHUNK, salt, context, key.bits() / 8));
  }

  boolean isBoundTo(byte[] header, int saltAt) {
    return Arrays.equals(
        binding,
        0,
        binding.length,
        header,
        ChunkFormat.GROUP_TAG_AT,
        saltAt + ChunkFormat.SALT_BYTES);
  }

  /**
   * @param name header bytes from group tag to the end of the key id, {@link KeyName#encode}
   */
  boolean isDerivedFrom(byte[] name) {
    return binding.length == name.length + ChunkFormat.SALT_BYTES
        && Arrays.equals(binding, 0, name.length, name, 0, name.length);
  }

  /** Whether its data key was evicted since: then it must not be kept. */
  boolean isOrphan() {
    return source.isRetired();
  }
}
