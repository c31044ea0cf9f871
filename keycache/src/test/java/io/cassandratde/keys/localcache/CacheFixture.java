package io.cassandratde.keys.localcache;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.config.LocalCacheConfig;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.crypto.CryptoProviders;
import io.cassandratde.keys.local.SystemKeyFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.Provider;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;

/** A directory with a configuration, a system key file apart, and a clock that tests set. */
final class CacheFixture implements InstantSource {

  static final String CLUSTER = "Test Cluster";
  static final String GROUP = "vault";
  static final KeySpec SPEC = KeySpec.kmip(GROUP, "ns", CipherSpec.AES_256);
  static final Hkdf HKDF = new Hkdf();
  static final Provider PROVIDER = CryptoProviders.choose("SunJCE");

  final Path cache;
  final Path keyFile;
  private final Path root;
  private Instant now = Instant.parse("2026-11-26T12:00:00Z");

  CacheFixture(Path root) {
    this.root = root;
    cache = root.resolve("cache");
    keyFile = root.resolve("secrets/system_key");
    try {
      Files.createDirectory(root.resolve("secrets"));
      SystemKeyFile.create(keyFile, CipherSpec.AES_256);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  LocalCacheConfig config() {
    try {
      Path file = root.resolve("tde.yaml");
      Files.writeString(
          file,
          """
          # two lines
          system_key_directory: secrets
          local_key_cache:
            directory: cache
            system_key_file: system_key
          """);
      return Objects.requireNonNull(TdeConfig.load(file).localKeyCache());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As after a start of the node. */
  LocalKeyCache open() {
    return open(CLUSTER);
  }

  LocalKeyCache open(String cluster) {
    return LocalKeyCache.open(config(), cluster, HKDF, PROVIDER, this);
  }

  static byte[] material(int seed, int bits) {
    byte[] material = new byte[bits / 8];
    new Random(seed).nextBytes(material);
    return material;
  }

  static DataKey key(String id) {
    return DataKey.of(SPEC.groupTag(), id, material(id.hashCode(), 256), HKDF);
  }

  List<Path> files(String kind) {
    try (Stream<Path> files = Files.list(cache)) {
      return files.filter(file -> file.toString().endsWith(kind)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path onlyKeyFile() {
    List<Path> files = files(FileNames.KEY);
    if (files.size() != 1) {
      throw new AssertionError(files);
    }
    return files.get(0);
  }

  void addSystemKey() throws IOException {
    Files.writeString(
        keyFile,
        "\nAES:256:" + Base64.getEncoder().encodeToString(material(77, 256)) + "\n",
        StandardOpenOption.APPEND);
  }

  @Override
  public synchronized Instant instant() {
    return now;
  }

  synchronized void advance(Duration by) {
    now = now.plus(by);
  }

  /** What an action prints to the log. */
  static String logged(Runnable action) {
    PrintStream before = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      action.run();
    } finally {
      System.setErr(before);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
