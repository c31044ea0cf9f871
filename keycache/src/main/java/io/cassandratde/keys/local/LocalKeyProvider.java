package io.cassandratde.keys.local;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyProvider;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.ProviderKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keys in {@link SystemKeyFile}s, read anew at every look: adding a line to the file replaces the
 * current key.
 *
 * <p>Names are resolved against system_key_directory. A key that its file no longer holds is looked
 * for in the directory's other files, so that data outlives a renamed file, and then in the files
 * that the configuration or a table has named so far: data names a key by its id alone, and whoever
 * reads it need not know the table.
 */
public final class LocalKeyProvider implements KeyProvider {

  private final Path directory;
  private final Hkdf hkdf;
  private final Set<Path> named = ConcurrentHashMap.newKeySet();

  public LocalKeyProvider(Path systemKeyDirectory, Hkdf hkdf) {
    this.directory = systemKeyDirectory;
    this.hkdf = hkdf;
  }

  @Override
  public void check(KeySpec spec) {
    if (spec.provider() != ProviderKind.LOCAL) {
      throw new KeyConfigException("not a local key: " + spec);
    }
    named.add(file(spec));
  }

  /** By the same reading that sealing does: what it refuses, sealing would wait for. */
  @Override
  public void checkKeyFile(KeySpec spec) {
    current(spec, null).key().retire();
  }

  @Override
  public SealingKey current(KeySpec spec, @Nullable KeyReference last) {
    Path file = file(spec);
    named.add(file);
    List<SystemKeyFile.Entry> entries = SystemKeyFile.read(file, hkdf);
    try {
      for (int i = entries.size() - 1; i >= 0; i--) {
        SystemKeyFile.Entry entry = entries.get(i);
        if (entry.cipher().equals(spec.cipher())) {
          DataKey key = DataKey.of(spec.groupTag(), entry.id(), entry.material(), hkdf);
          return new SealingKey(key, null, "last " + spec.cipher() + " line of " + file);
        }
      }
    } catch (IllegalStateException zeros) {
      throw new KeyConfigException("key file " + file + " cannot be used: " + zeros.getMessage());
    } finally {
      entries.forEach(SystemKeyFile.Entry::close);
    }
    throw new KeyConfigException(
        "key file "
            + file
            + " has no "
            + spec.cipher()
            + " key: correct secret_key_strength, or make such a key with"
            + " `cassandra-tde createsystemkey "
            + cipherArguments(spec.cipher())
            + "`");
  }

  private static String cipherArguments(CipherSpec cipher) {
    return cipher.algorithm() + " " + cipher.bits();
  }

  @Override
  public DataKey byId(KeySpec hint, KeyReference reference) {
    Path first = file(hint);
    DataKey key = Files.exists(first) ? find(first, reference) : null;
    if (key != null) {
      return key;
    }
    Set<Path> others = new LinkedHashSet<>(others(first));
    others.addAll(named);
    for (Path other : others) {
      try {
        key = find(other, reference);
      } catch (KeyException unusable) {
        // Not every file in the directory must be a key file of ours, and one that was named may be
        // gone; the first was read without this catch.
        continue;
      }
      if (key != null) {
        return key;
      }
    }
    throw new KeyNotFoundException(
        reference
            + " is neither in key file "
            + first
            + " nor in another one in "
            + directory
            + (named.isEmpty() ? "" : " nor in " + named)
            + ": restore the file, or put it there");
  }

  private @Nullable DataKey find(Path file, KeyReference reference) {
    List<SystemKeyFile.Entry> entries = SystemKeyFile.read(file, hkdf);
    try {
      for (SystemKeyFile.Entry entry : entries) {
        if (entry.id().equals(reference.keyId())) {
          return DataKey.of(reference.groupTag(), entry.id(), entry.material(), hkdf);
        }
      }
      return null;
    } finally {
      entries.forEach(SystemKeyFile.Entry::close);
    }
  }

  private List<Path> others(Path named) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(f -> !f.equals(named) && Files.isRegularFile(f) && Files.isReadable(f))
          .filter(f -> !f.getFileName().toString().startsWith("."))
          .sorted()
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private Path file(KeySpec spec) {
    String name = spec.keyFile();
    if (name == null) {
      throw new KeyConfigException("no key file named for " + spec);
    }
    return directory.resolve(name).normalize();
  }

  @Override
  public void close() {}
}
