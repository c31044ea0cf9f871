package io.cassandratde.e2e;

import io.cassandratde.e2e.files.SealedFiles;
import io.cassandratde.e2e.kmip.ClosedPort;
import io.cassandratde.e2e.kmip.DevServer;
import io.cassandratde.e2e.kmip.KmipGroup;
import io.cassandratde.e2e.kmip.PyKmip;
import io.cassandratde.e2e.kmip.Stores;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Distribution;
import io.cassandratde.e2e.process.Ran;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What all tests share, started once: two PyKMIP servers (one of which a test kills), the
 * development server, and a node that knows them as groups {@code py}, {@code dying}, {@code dev}
 * and {@code failover} (whose first host is dead). Tests keep apart by keyspace and key namespace.
 */
public final class TestBed implements AutoCloseable {

  /** Locked by classes with several nodes at a time: two of them at once starve each other. */
  static final String SEVERAL_NODES = "several nodes";

  private final Deque<AutoCloseable> started = new ConcurrentLinkedDeque<>();
  private final List<Rows> survivors = new CopyOnWriteArrayList<>();
  private final Distribution distribution = Distribution.built();
  private final Path directory = freshDirectory();
  private final Stores stores = Stores.create(directory.resolve("stores"));
  private final PyKmip pykmip;
  private final PyKmip dying;
  private final DevServer devServer;
  private final ClosedPort closedPort;
  private final Path config;
  private @Nullable CassandraNode node;
  private final Object operatedLock = new Object();
  private @Nullable OperatedNode operated;

  TestBed() {
    CompletableFuture<PyKmip> first = CompletableFuture.supplyAsync(() -> startPyKmip("pykmip"));
    CompletableFuture<PyKmip> second =
        CompletableFuture.supplyAsync(() -> startPyKmip("pykmip-dying"));
    devServer = keep(DevServer.start(distribution, directory.resolve("dev-server")));
    pykmip = keep(first.join());
    dying = keep(second.join());
    closedPort = keep(new ClosedPort());
    KmipGroup dev = devServer.group("dev");
    config =
        writeConfig(
            "tde.yaml",
            List.of(
                pykmip.group("py"),
                dying.group("dying"),
                dev,
                dev.named("failover").withHosts(closedPort.address(), devServer.address())));
  }

  Path writeConfig(String name, List<KmipGroup> groups) {
    return writeConfig(name, groups, "");
  }

  Path writeConfig(String name, List<KmipGroup> groups, String more) {
    String yaml =
        "system_key_directory: "
            + systemKeys()
            + "\nkmip_hosts:\n"
            + groups.stream().map(KmipGroup::yaml).collect(Collectors.joining())
            + more;
    try {
      Path file = Files.writeString(directory.resolve(name), yaml);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  CassandraNode.Setup setup(String name, @Nullable Path tdeConfig, boolean corretto) {
    return new CassandraNode.Setup(
        directory.resolve(name), distribution.serverJar(), tdeConfig, corretto, "");
  }

  PyKmip startPyKmip(String name) {
    return PyKmip.start(Distribution.projectRoot(), directory.resolve(name), stores);
  }

  Distribution distribution() {
    return distribution;
  }

  Path directory() {
    return directory;
  }

  Path systemKeys() {
    return directory.resolve("system-keys");
  }

  Stores stores() {
    return stores;
  }

  DevServer devServer() {
    return devServer;
  }

  PyKmip pykmip() {
    return pykmip;
  }

  PyKmip dying() {
    return dying;
  }

  /** An address that refuses connections. */
  String nobody() {
    return closedPort.address();
  }

  Path config() {
    return config;
  }

  /** Started by the first class that asks: runs of single classes mostly need others. */
  synchronized CassandraNode node() {
    CassandraNode there = node;
    if (there == null) {
      there = keep(CassandraNode.prepare(setup("node", config, true)));
      node = there;
      there.start();
    }
    return there;
  }

  /** Another node, for classes that operate its keys; started by the first that asks. */
  OperatedNode operated() {
    synchronized (operatedLock) {
      OperatedNode there = operated;
      if (there == null) {
        there = keep(OperatedNode.start(this));
        operated = there;
      }
      return there;
    }
  }

  void keyspace(String name) {
    node()
        .execute(
            "CREATE KEYSPACE "
                + name
                + " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
  }

  Ran dsetool(String... arguments) {
    return distribution.dsetool(config, arguments);
  }

  Ran cassandraTde(String... arguments) {
    return distribution.cassandraTde(config, arguments);
  }

  /** Which keys seal the live files of a table, from the raw files. */
  SealedFiles sealed(String keyspace, String table) {
    return SealedFiles.of(distribution, node().dataFiles(keyspace, table).toArray(Path[]::new));
  }

  /** {@link RestartTest}, the last class, reads these once more. */
  void mustSurviveRestart(Rows rows) {
    survivors.add(rows);
  }

  List<Rows> survivors() {
    return List.copyOf(survivors);
  }

  /** Closes it with the rest. */
  <T extends AutoCloseable> T keep(T resource) {
    started.push(resource);
    return resource;
  }

  /** Kept after the run for whoever looks into a failure, so it is emptied before the next. */
  private static Path freshDirectory() {
    Path directory = Distribution.scratch();
    try {
      if (Files.exists(directory)) {
        try (Stream<Path> old = Files.walk(directory)) {
          for (Path path : old.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(path);
          }
        }
      }
      Files.createDirectories(directory.resolve("system-keys"));
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws Exception {
    while (!started.isEmpty()) {
      started.pop().close();
    }
  }
}
