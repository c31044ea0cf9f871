package io.cassandratde.sstable.format;

import io.cassandratde.keys.DataKey;
import java.security.Provider;
import java.util.Arrays;

/** Seals and opens single chunks. */
final class ChunkFixture {

  final TestKeys keys = new TestKeys();
  final SessionPool pool;
  final ChunkOpener opener;

  ChunkFixture(DataKey key, Provider provider) {
    keys.add(key);
    pool =
        new SessionPool(
            () -> key, provider, SessionLimits.DEFAULTS, () -> 0, Salts.ofOperatingSystem(), 4);
    opener = new ChunkOpener(keys, new SubkeyCache(64), provider);
  }

  byte[] seal(InnerCompression inner, byte[] plain) {
    return seal(pool, inner, plain);
  }

  static byte[] seal(SessionPool pool, InnerCompression inner, byte[] plain) {
    SealingSession session = pool.take(plain.length);
    try {
      byte[] sealed = new byte[session.sealedLength(plain.length)];
      int length = session.seal(inner, plain, plain.length, sealed);
      if (length != sealed.length) {
        throw new AssertionError("announced " + sealed.length + ", sealed " + length);
      }
      return sealed;
    } finally {
      pool.give(session);
    }
  }

  byte[] open(byte[] sealed, InnerCompression own) throws CorruptChunkException {
    byte[] plain = new byte[sealed.length];
    ChunkOpener.Opened opened = opener.open(sealed, sealed.length, plain, own);
    return Arrays.copyOf(plain, opened.length());
  }
}
