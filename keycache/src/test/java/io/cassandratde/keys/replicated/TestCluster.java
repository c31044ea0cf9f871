package io.cassandratde.keys.replicated;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.crypto.CryptoProviders;
import io.cassandratde.keys.files.PrivateDirectory;
import io.cassandratde.keys.local.LocalKeyProvider;
import io.cassandratde.keys.master.DamagedWrapException;
import io.cassandratde.keys.master.GivenMasterKeys;
import io.cassandratde.keys.master.MasterKeys;
import io.cassandratde.keys.master.WrappedKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.Provider;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Nodes with copies of their own and clocks of their own, one table, and a real key file. */
final class TestCluster {

  static final Hkdf HKDF = new Hkdf();
  private static final Provider PROVIDER = CryptoProviders.choose(null);
  static final KeySpec SPEC = KeySpec.replicated("system_key", "ns", CipherSpec.AES_256);
  static final KeyLine LINE = KeyLine.of(SPEC);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  final MemoryKeyTable table = new MemoryKeyTable();
  final Path root;
  final Path keyFile;
  private Instant now = Instant.parse("2026-11-27T00:00:00Z");

  TestCluster(Path root) {
    this.root = root;
    keyFile = root.resolve("system_key");
    addMasterKey(1);
  }

  /** A line for the key file; the last one is the current key. */
  void addMasterKey(int fill) {
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) fill);
    try {
      String before = Files.exists(keyFile) ? Files.readString(keyFile) : "";
      Files.writeString(
          keyFile, before + "AES:256:" + Base64.getEncoder().encodeToString(key) + "\n");
      Files.setPosixFilePermissions(keyFile, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** And the cluster has agreed on it. */
  void replaceMasterKey(int fill) {
    addMasterKey(fill);
    table.activate("system_key", masters("system_key").current());
  }

  MasterKeys masters(String name) {
    return new GivenMasterKeys(
        new LocalKeyProvider(root, HKDF), KeySpec.local(name, CipherSpec.AES_256), PROVIDER);
  }

  synchronized Instant now() {
    return now;
  }

  synchronized void advance(Duration by) {
    now = now.plus(by);
  }

  Node node(int number) {
    return node(number, step -> {});
  }

  Node node(int number, Consumer<String> hook) {
    return new Node(this, root.resolve("node" + number), table.through(hook));
  }

  static Consumer<String> away() {
    return step -> {
      throw KeyUnavailableException.nobodyAsked("no quorum");
    };
  }

  List<DataKeyRow> in(DataKeyState state) {
    return table.all().stream().filter(row -> row.state() == state).toList();
  }

  /** Settled rows, newest first. */
  DataKeyRow newest() {
    return table.line(LINE).get(0);
  }

  /** Every wrap of a key with one bit changed in its tag. */
  void tamper(UUID keyId, int first, int end) {
    List<KeyWrap> wraps = new ArrayList<>(table.wraps(keyId));
    for (int i = first; i < end; i++) {
      byte[] bytes = wraps.get(i).wrapped().bytes();
      bytes[bytes.length - 1] ^= 1;
      try {
        wraps.set(i, new KeyWrap(wraps.get(i).wrappedAt(), WrappedKey.parse(bytes)));
      } catch (DamagedWrapException e) {
        throw new AssertionError(e);
      }
    }
    table.setWraps(keyId, wraps);
  }

  /** One node; a second of the same number is that node started again. */
  static final class Node implements InstantSource {
    final ReplicatedKeyProvider provider;
    final LocalCopies copies;
    final Path directory;
    private final TestCluster cluster;

    /** Keys that files of this node need. */
    final Set<UUID> files = new HashSet<>();

    private Duration skew = Duration.ZERO;

    Node(TestCluster cluster, Path directory, KeyTable table) {
      this.cluster = cluster;
      this.directory = directory;
      provider = new ReplicatedKeyProvider(cluster::masters, this, HKDF);
      try {
        copies = LocalCopies.open(directory);
      } catch (PrivateDirectory.Refused e) {
        throw new AssertionError(e);
      }
      provider.open(copies);
      provider.use(table);
      keys().neededBy(keyId -> files.contains(keyId) ? "14 files of ks.t need it" : null);
    }

    Node skewed(Duration by) {
      skew = by;
      return this;
    }

    @Override
    public Instant instant() {
      return cluster.now().plus(skew);
    }

    KeyReference seals() {
      return seals(null);
    }

    KeyReference seals(@Nullable KeyReference last) {
      DataKey key = provider.current(SPEC, last).key();
      try {
        return key.reference();
      } finally {
        key.retire();
      }
    }

    void opens(KeyReference reference) {
      DataKey key = provider.byId(SPEC, reference);
      if (!key.reference().equals(reference)) {
        throw new AssertionError(key.reference() + " for " + reference);
      }
      key.retire();
    }

    DataKeys keys() {
      return provider.dataKeys();
    }

    Path file(KeyReference reference) {
      return directory.resolve(reference.keyId() + ".key");
    }

    Path file(DataKeyRow row) {
      return file(row.reference());
    }
  }

  /** More than the time after which what is unfinished is given up. */
  void aWhile() {
    advance(MINUTE.plusSeconds(5));
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
