package io.cassandratde.e2e.node;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.ResultSet;
import io.cassandratde.e2e.cql.Sessions;
import io.cassandratde.e2e.process.Await;
import io.cassandratde.e2e.process.Program;
import io.cassandratde.e2e.process.Ran;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One stock Cassandra in a forked JVM with the server jar on its class path, seen from outside
 * only.
 */
public final class CassandraNode implements AutoCloseable {

  /**
   * What differs between nodes.
   *
   * @param directory everything the node writes
   * @param serverJar the jar under test, dropped into the class path; null: stock Cassandra
   * @param tdeConfig what -Dtde.config names; null: the node finds tde.yaml or dse.yaml beside its
   *     cassandra.yaml
   * @param corretto whether Amazon's crypto provider is on the class path, as in Cassandra's
   *     tarball
   */
  public record Setup(
      Path directory,
      @Nullable Path serverJar,
      @Nullable Path tdeConfig,
      boolean corretto,
      String extraYaml) {
    public Setup withTdeConfig(Path other) {
      return new Setup(directory, serverJar, other, corretto, extraYaml);
    }

    public Setup withServerJar(@Nullable Path other) {
      return new Setup(directory, other, tdeConfig, corretto, extraYaml);
    }
  }

  /** For cassandra.yaml: no statement fails because the machine is busy. */
  public static final String PATIENT =
      """
      read_request_timeout: 60s
      range_request_timeout: 60s
      write_request_timeout: 60s
      counter_write_request_timeout: 60s
      cas_contention_timeout: 60s
      truncate_request_timeout: 120s
      request_timeout: 60s
      """;

  private static final Duration START_LIMIT = Duration.ofMinutes(5);

  private Setup setup;
  private List<String> jvmOptions = List.of();
  private boolean oldest;
  private Function<String, CqlSession> login = host -> Sessions.open(host, Loopback.CQL_PORT);
  private final NodeFiles files;
  private final int jmxPort;
  private @Nullable Process process;
  private @Nullable CqlSession session;

  private CassandraNode(Setup setup, NodeFiles files, int jmxPort) {
    this.setup = setup;
    this.files = files;
    this.jmxPort = jmxPort;
  }

  /** Prepares the files of a cluster of one node; nothing runs yet. */
  public static CassandraNode prepare(Setup setup) {
    return prepare(setup, null);
  }

  /** Prepares the files of a node that joins the cluster of another; nothing runs yet. */
  public static CassandraNode joining(CassandraNode seed, Setup setup) {
    return prepare(setup, seed.address());
  }

  private static CassandraNode prepare(Setup setup, @Nullable String seed) {
    try {
      String address = Loopback.freeAddress();
      NodeFiles files = new NodeFiles(setup.directory(), address, seed == null ? address : seed);
      files.write(setup.extraYaml());
      return new CassandraNode(setup, files, Loopback.freeJmxPort());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public CassandraNode start() {
    Process started = launch();
    Await.until(
        "a session with " + this,
        START_LIMIT,
        () -> {
          // Ends the wait at once when the node has died.
          if (started.waitFor(100, TimeUnit.MILLISECONDS)) {
            throw new Died("exit code " + started.exitValue() + "\n" + tail(60));
          }
          if (!Sessions.listens(address(), Loopback.CQL_PORT)) {
            return false;
          }
          session = login.apply(address());
          return true;
        });
    return this;
  }

  /** For a node that must refuse to start: its exit code. */
  public int startAndAwaitExit() {
    Process started = launch();
    Await.until(
        "the end of " + this, START_LIMIT, () -> started.waitFor(100, TimeUnit.MILLISECONDS));
    return started.exitValue();
  }

  private Process launch() {
    String classPath = withJar(oldest ? Jvm.oldestCassandra() : Jvm.cassandra(setup.corretto()));
    List<String> options = new ArrayList<>();
    if (setup.tdeConfig() != null) {
      options.add("-Dtde.config=" + setup.tdeConfig());
    }
    if (!files.seed().equals(files.address())) {
      options.add("-Dcassandra.ring_delay_ms=4000"); // the schema has to come before the data
    }
    options.addAll(jvmOptions);
    ProcessBuilder builder =
        new ProcessBuilder(Jvm.daemon(files, jmxPort, options, classPath))
            .directory(files.directory().toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(stdout().toFile()));
    try {
      process = Program.start(builder);
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String withJar(String classPath) {
    return setup.serverJar() == null ? classPath : setup.serverJar() + ":" + classPath;
  }

  /** SIGTERM: Cassandra drains. */
  public CassandraNode stop() {
    closeSession();
    if (process != null) {
      Program.stop(process, Duration.ofSeconds(60));
      process = null;
    }
    return this;
  }

  /** kill -9: whatever isn't on disk is gone. */
  public CassandraNode kill() {
    closeSession();
    if (process != null) {
      Program.kill(process);
      process = null;
    }
    return this;
  }

  public CassandraNode restart() {
    return stop().start();
  }

  public CassandraNode useConfig(Path tdeConfig) {
    setup = setup.withTdeConfig(tdeConfig);
    return this;
  }

  /** A copy beside cassandra.yaml, where the node finds it without -Dtde.config, and tools do. */
  public CassandraNode useConfigInConf(Path tdeConfig) {
    Path target = confDirectory().resolve("tde.yaml");
    try {
      Files.copy(tdeConfig, target, StandardCopyOption.REPLACE_EXISTING);
      Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-------"));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** For the next start and for tools; null: the jar is taken away. */
  public CassandraNode useJar(@Nullable Path serverJar) {
    setup = setup.withServerJar(serverJar);
    return this;
  }

  /** For the next start: more lines at the end of cassandra.yaml. */
  public CassandraNode useYaml(String extraYaml) {
    try {
      files.write(extraYaml);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** For the next start: the oldest release of Cassandra that we run on, or the newest. */
  public CassandraNode useOldestRelease(boolean yes) {
    oldest = yes;
    return this;
  }

  /** For the next start: more options of the JVM, behind all others. */
  public CassandraNode useJvmOptions(List<String> options) {
    jvmOptions = List.copyOf(options);
    return this;
  }

  /** For the next start: how to log in at an address. */
  public CassandraNode useLogin(Function<String, CqlSession> other) {
    login = other;
    return this;
  }

  /** The process, while it runs. */
  public long pid() {
    if (process == null) {
      throw new IllegalStateException("not started: " + this);
    }
    return process.pid();
  }

  public boolean isRunning() {
    return process != null && process.isAlive();
  }

  public String address() {
    return files.address();
  }

  public int jmxPort() {
    return jmxPort;
  }

  public CqlSession cql() {
    if (session == null) {
      throw new IllegalStateException("not started: " + this);
    }
    return session;
  }

  public ResultSet execute(String statement) {
    return cql().execute(statement);
  }

  /** How many compactions of a table are under way. */
  public int compactions(String keyspace, String table) {
    return execute(
            "SELECT task_id FROM system_views.sstable_tasks WHERE keyspace_name = '"
                + keyspace
                + "' AND table_name = '"
                + table
                + "'")
        .all()
        .size();
  }

  /** nodetool as an operator runs it, as a process. */
  public Ran nodetool(String... arguments) {
    List<String> all = new ArrayList<>(List.of("-h", "127.0.0.1", "-p", String.valueOf(jmxPort)));
    all.addAll(List.of(arguments));
    return Program.run(Jvm.tool("org.apache.cassandra.tools.NodeTool", files, all), Map.of());
  }

  /**
   * One of Cassandra's programs on files (sstabledump…), as its script starts it: with the folder
   * of cassandra.yaml, and tde.yaml beside it, on the class path.
   */
  public Ran tool(String mainClass, String... arguments) {
    String classPath = confDirectory() + ":" + withJar(Jvm.cassandra(false));
    return Program.run(
        Jvm.tool("org.apache.cassandra.tools." + mainClass, files, List.of(arguments), classPath),
        Map.of());
  }

  /**
   * The same by JMX from this JVM, for the steps that are no claim: a nodetool process costs two
   * seconds.
   */
  public Jmx jmx() {
    return new Jmx(jmxPort);
  }

  public Path directory() {
    return files.directory();
  }

  /** Where cassandra.yaml stands. */
  public Path confDirectory() {
    return files.directory().resolve("conf");
  }

  /** The folder of a table, which carries the table's id in its name. */
  public Path tableDirectory(String keyspace, String table) {
    try (Stream<Path> tables = Files.list(files.data().resolve(keyspace))) {
      return tables
          .filter(path -> path.getFileName().toString().startsWith(table + "-"))
          .findFirst()
          .orElseThrow(() -> new AssertionError("no folder of " + keyspace + "." + table));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The live Data.db files of a table: no snapshots, no backups. */
  public List<Path> dataFiles(String keyspace, String table) {
    return dataFiles(tableDirectory(keyspace, table));
  }

  public static List<Path> dataFiles(Path directory) {
    try (Stream<Path> found = Files.list(directory)) {
      return found.filter(path -> path.toString().endsWith("-Data.db")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String log() {
    return read(files.systemLog());
  }

  /** What it printed: the log is set up later than the configuration is read. */
  public String output() {
    return read(stdout());
  }

  private String tail(int lines) {
    List<String> all = (read(stdout()) + log()).lines().toList();
    return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
  }

  private Path stdout() {
    return files.directory().resolve("logs/stdout.log");
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void closeSession() {
    if (session != null) {
      session.close();
      session = null;
    }
  }

  @Override
  public void close() {
    kill();
  }

  @Override
  public String toString() {
    return "node " + address() + " in " + directory();
  }

  /** An Error of its own kind, so that waiting for a session ends with it at once. */
  private static final class Died extends Error {
    private static final long serialVersionUID = 1L;

    Died(String message) {
      super(message);
    }
  }
}
