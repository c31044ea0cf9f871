package io.cassandratde.sstable.format.page;

import io.cassandratde.sstable.format.Gcm;
import io.cassandratde.sstable.format.Salts;
import java.security.Provider;

/**
 * What all page files of a process share: a cipher per thread, salts, opened pages, and staging
 * memory.
 */
public final class PageCrypto {

  private final Salts salts;
  private final PageCache cache;
  private final ThreadLocal<Gcm> ciphers;
  private final ThreadLocal<Staging> stagings = ThreadLocal.withInitial(Staging::new);

  public PageCrypto(Salts salts, Provider provider, PageCache cache) {
    this.salts = salts;
    this.cache = cache;
    this.ciphers = ThreadLocal.withInitial(() -> new Gcm(provider));
  }

  byte[] freshSalt() {
    byte[] salt = new byte[ExtentHeader.SALT_BYTES];
    salts.fill(salt);
    return salt;
  }

  PageCache cache() {
    return cache;
  }

  ThreadLocal<Gcm> ciphers() {
    return ciphers;
  }

  Staging staging() {
    return stagings.get();
  }

  /** One thread's arrays; AES-GCM is fastest between heap arrays (docs/PERFORMANCE.md). */
  static final class Staging {
    private byte[] sealed = new byte[0];
    private byte[] plain = new byte[0];

    byte[] sealed(int length) {
      if (sealed.length < length) {
        sealed = new byte[length];
      }
      return sealed;
    }

    byte[] plain(int length) {
      if (plain.length < length) {
        plain = new byte[length];
      }
      return plain;
    }
  }
}
