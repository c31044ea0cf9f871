package io.cassandratde.tools.scan;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** The directories in which a node writes, from its cassandra.yaml. */
public final class CassandraYaml {

  private final Path file;
  private final Map<?, ?> options;
  private final @Nullable Path storage;
  private final @Nullable Path logs;
  private final Set<Path> directories = new LinkedHashSet<>();
  private final List<String> unknown = new ArrayList<>();

  private CassandraYaml(Path file, Map<?, ?> options, @Nullable Path storage, @Nullable Path logs) {
    this.file = file;
    this.options = options;
    this.storage = storage;
    this.logs = logs;
  }

  /**
   * The directories, those that are not there left out.
   *
   * @param storage where Cassandra puts those that the file does not name, {@code
   *     $CASSANDRA_HOME/data}; null if it is not known
   * @param logs {@code -Dcassandra.logdir}, below which an audit log stands that names no other
   *     place, and nodetool can turn one on at any time; null if it is not known
   * @throws CommandFailure the file is none, or a directory cannot be known from it
   */
  public static List<Path> directories(Path file, @Nullable Path storage, @Nullable Path logs)
      throws CommandFailure, IOException {
    Object loaded;
    try (Reader reader = Files.newBufferedReader(file)) {
      loaded = new Yaml(new SafeConstructor(new LoaderOptions())).load(reader);
    } catch (YAMLException e) {
      throw new CommandFailure(ExitCode.CONFIGURATION, file + " is no YAML: " + e.getMessage(), e);
    }
    if (!(loaded instanceof Map<?, ?> options)) {
      throw new CommandFailure(ExitCode.CONFIGURATION, file + " holds no options");
    }
    return new CassandraYaml(file, options, storage, logs).directories();
  }

  private List<Path> directories() throws CommandFailure {
    Object data = options.get("data_file_directories");
    if (data instanceof List<?> list && !list.isEmpty()) {
      list.forEach(one -> directories.add(Path.of(String.valueOf(one))));
    } else {
      below("data_file_directories", "data");
    }
    optional(options.get("local_system_data_file_directory"));
    named("commitlog_directory", "commitlog");
    named("hints_directory", "hints");
    named("saved_caches_directory", "saved_caches");
    if (options.get("cdc_raw_directory") != null
        || Boolean.TRUE.equals(options.get("cdc_enabled"))) {
      named("cdc_raw_directory", "cdc_raw");
    }
    log("full_query_logging_options", "log_dir");
    log("audit_logging_options", "audit_logs_dir");
    if (logs != null) {
      directories.add(logs.resolve("audit"));
    }
    if (!unknown.isEmpty()) {
      throw new CommandFailure(
          ExitCode.CONFIGURATION,
          file
              + " does not name "
              + String.join(", ", unknown)
              + ", and without CASSANDRA_HOME their default is not known: set it, or give all"
              + " directories by --path");
    }
    return directories.stream().filter(Files::exists).toList();
  }

  private void named(String option, String usual) {
    Object value = options.get(option);
    if (value == null) {
      below(option, usual);
    } else {
      directories.add(Path.of(String.valueOf(value)));
    }
  }

  private void below(String option, String usual) {
    if (storage == null) {
      unknown.add(option);
    } else {
      directories.add(storage.resolve(usual));
    }
  }

  private void log(String section, String option) {
    if (options.get(section) instanceof Map<?, ?> map) {
      optional(map.get(option));
    }
  }

  private void optional(@Nullable Object directory) {
    if (directory != null && !directory.toString().isEmpty()) {
      directories.add(Path.of(directory.toString()));
    }
  }
}
