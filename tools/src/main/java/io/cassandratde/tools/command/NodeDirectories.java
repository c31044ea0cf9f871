package io.cassandratde.tools.command;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.scan.CassandraYaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The directories of the node on this machine, by its cassandra.yaml and its environment. */
final class NodeDirectories {

  private NodeDirectories() {}

  /**
   * Those that are there.
   *
   * @param yaml {@code --cassandra-yaml}; null: in $CASSANDRA_CONF, else in /etc/cassandra
   * @param option by which directories may be given instead, for the message
   */
  static List<Path> of(Session session, @Nullable String yaml, String option)
      throws CommandFailure, IOException {
    String conf = session.environment().get("CASSANDRA_CONF");
    Path file =
        yaml != null
            ? Path.of(yaml)
            : Path.of(conf != null ? conf : "/etc/cassandra", "cassandra.yaml");
    if (!Files.exists(file)) {
      throw new CommandFailure(
          ExitCode.CONFIGURATION,
          file + " does not exist: give --cassandra-yaml, or the directories by " + option);
    }
    String home = session.environment().get("CASSANDRA_HOME");
    String logs = session.environment().get("CASSANDRA_LOG_DIR");
    return CassandraYaml.directories(
        file,
        home == null ? null : Path.of(home, "data"),
        logs != null ? Path.of(logs) : home == null ? null : Path.of(home, "logs"));
  }

  /**
   * Paths of a command line.
   *
   * @throws CommandFailure one does not exist
   */
  static List<Path> existing(List<String> paths) throws CommandFailure {
    List<Path> existing = paths.stream().map(Path::of).toList();
    for (Path path : existing) {
      if (!Files.exists(path)) {
        throw new CommandFailure(ExitCode.NOT_FOUND, path + " does not exist");
      }
    }
    return existing;
  }
}
