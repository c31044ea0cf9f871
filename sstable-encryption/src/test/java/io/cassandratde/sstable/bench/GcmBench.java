package io.cassandratde.sstable.bench;

import io.cassandratde.sstable.format.TestKeys;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.concurrent.TimeUnit;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * AES-256-GCM alone over as many bytes as the compressor leaves: a fresh nonce, the header as AAD,
 * heap arrays.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class GcmBench {

  private static final int AAD = 46;

  @Param({"LZ4", "ZSTD", "SNAPPY", "DEFLATE", "NONE"})
  public Codec codec = Codec.LZ4;

  @Param({"ACCP", "SunJCE"})
  public String provider = "";

  private final SecretKeySpec key = new SecretKeySpec(new byte[32], "AES");
  private final byte[] nonce = new byte[12];
  private final byte[] aad = new byte[AAD];
  private byte[] plain = new byte[0];
  private byte[] sealed = new byte[0];
  private byte[] opened = new byte[0];
  private Cipher cipher = cipher(TestKeys.sunJce());
  private Cipher opener = cipher;
  private int counter;

  @Setup
  public void setUp(Chunk chunk) throws GeneralSecurityException {
    Provider chosen = provider.equals("ACCP") ? TestKeys.corretto() : TestKeys.sunJce();
    cipher = cipher(chosen);
    opener = cipher(chosen);
    ByteBuffer packed = chunk.packed(codec.stock());
    plain = new byte[packed.remaining()];
    packed.get(plain);
    sealed = new byte[plain.length + 16];
    opened = new byte[plain.length + 16];
    seal();
  }

  private static Cipher cipher(Provider provider) {
    try {
      return Cipher.getInstance("AES/GCM/NoPadding", provider);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Benchmark
  public int gcmSeal() throws GeneralSecurityException {
    return seal();
  }

  private int seal() throws GeneralSecurityException {
    ByteBuffer.wrap(nonce).putInt(8, ++counter);
    cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(128, nonce));
    cipher.updateAAD(aad);
    return cipher.doFinal(plain, 0, plain.length, sealed, 0);
  }

  /** Opens the chunk that set-up sealed, so it must not run in one trial with {@link #gcmSeal}. */
  @Benchmark
  public int gcmOpen() throws GeneralSecurityException {
    opener.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(128, nonce));
    opener.updateAAD(aad);
    return opener.doFinal(sealed, 0, sealed.length, opened, 0);
  }
}
