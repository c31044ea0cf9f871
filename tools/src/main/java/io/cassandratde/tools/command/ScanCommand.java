package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.keys.KeyGroup;
import io.cassandratde.keys.config.ConfigException;
import io.cassandratde.keys.config.EncryptionPolicy;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.sstable.inventory.GroupNames;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.output.Bytes;
import io.cassandratde.tools.output.Printable;
import io.cassandratde.tools.scan.Finding;
import io.cassandratde.tools.scan.NodeScan;
import io.cassandratde.tools.scan.ProtectedTables;
import io.cassandratde.tools.scan.ScanJson;
import io.cassandratde.tools.scan.ScanReport;
import io.cassandratde.tools.scan.Summary;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code scan}: what protects each file of a node or a backup, without any key. */
@Command(
    name = "scan",
    description =
        "Say for every file in a node's directories, or in a backup, what protects it; needs no key"
            + " and no server. Fails when something of a protected table is readable")
public final class ScanCommand extends TdeCommand {

  private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

  @AirlineModule private ConfigOption config = new ConfigOption();
  @AirlineModule private FormatOption format = new FormatOption();

  @Option(
      name = {"--path"},
      title = "path",
      description =
          "A directory or file to look at, with all below it; may be repeated. Instead of those that"
              + " cassandra.yaml names")
  private List<String> paths = new ArrayList<>();

  @Option(
      name = {"--cassandra-yaml"},
      title = "file",
      description =
          "The node's cassandra.yaml, which names its directories (default: in $CASSANDRA_CONF, else"
              + " in /etc/cassandra)")
  private @Nullable String yaml;

  @Option(
      name = {"--protected"},
      title = "keyspace[.table]",
      description = "Must be encrypted, whatever the files and the policy say; may be repeated")
  private List<String> protectedTables = new ArrayList<>();

  @Option(
      name = {"--accept-codec"},
      description = "What codec mode leaves in clear of an encrypted SSTable is no failure")
  private boolean acceptCodec;

  @Option(
      name = {"--checksums"},
      description = "Read every byte of Data.db and verify Cassandra's checksums: slower")
  private boolean checksums;

  @Option(
      name = {"--summary"},
      description = "No line per file")
  private boolean summaryOnly;

  @Override
  public ExitCode run(Session session) throws CommandFailure, IOException {
    List<Path> directories = directories(session);
    TdeConfig loaded = configuration(session);
    Set<KeyGroup> groups = Set.of();
    EncryptionPolicy policy = null;
    if (loaded != null) {
      groups = loaded.groups();
      policy = loaded.policy();
    }
    Summary summary =
        new Summary(new ProtectedTables(policy, Set.copyOf(protectedTables)), acceptCodec);
    Run run = new Run(session, summary);
    NodeScan scan = new NodeScan(new GroupNames(groups), checksums, run);
    scan.scan(directories);
    run.end(scan.vanished());
    return verdict(session, summary);
  }

  private List<Path> directories(Session session) throws CommandFailure, IOException {
    List<Path> directories = new ArrayList<>(NodeDirectories.existing(paths));
    if (directories.isEmpty() || yaml != null) {
      directories.addAll(NodeDirectories.of(session, yaml, "--path"));
    }
    return directories;
  }

  /** Names of groups, and the policy; without it only the files tell what is protected. */
  private @Nullable TdeConfig configuration(Session session) {
    try {
      return config.load(session);
    } catch (ConfigException e) {
      if (config.given()) {
        throw e;
      }
      session
          .terminal()
          .warn(
              "no policy is known, so protected are tables that have an encrypted file or are named"
                  + " by --protected ("
                  + String.valueOf(e.getMessage()).lines().findFirst().orElse("")
                  + ")");
      return null;
    }
  }

  private ExitCode verdict(Session session, Summary summary) {
    List<Summary.Table> readable = summary.readable();
    PrintStream err = session.terminal().err();
    for (Summary.Table table : readable) {
      String name =
          table == summary.shared()
              ? "files of all tables"
              : table.keyspace() + '.' + table.name() + ", which is protected";
      err.println(
          Printable.of(
              "READABLE: " + table.offending(acceptCodec) + " files of " + name + ", such as"));
      for (Finding example : table.examples(acceptCodec)) {
        err.println(Printable.of("  " + example.file() + ": " + example.state()));
      }
    }
    if (!readable.isEmpty()) {
      return ExitCode.PLAINTEXT;
    }
    return summary.incomplete() ? ExitCode.INCOMPLETE : ExitCode.OK;
  }

  /** Prints while the scan goes on. */
  private final class Run implements NodeScan.Listener {
    private final Session session;
    private final Summary summary;
    private final ScanReport report;
    private final @Nullable ScanJson json;
    private final List<String> problems = new ArrayList<>();
    private Instant lastLine;

    Run(Session session, Summary summary) throws IOException {
      this.session = session;
      this.summary = summary;
      PrintStream out = session.terminal().out();
      report = new ScanReport(out);
      json = format.json() ? new ScanJson(out) : null;
      lastLine = session.clock().instant();
    }

    @Override
    public void found(List<Finding> files) {
      summary.add(files);
      for (Finding file : files) {
        file.faults().forEach(fault -> problem(file.file() + ": " + fault));
        if (summaryOnly) {
          continue;
        }
        if (json != null) {
          json.file(file);
        } else {
          report.file(file);
        }
      }
    }

    @Override
    public void problem(String what) {
      summary.failed();
      problems.add(what);
      session.terminal().err().println(Printable.of(what));
    }

    /** Lines of files are progress enough where they are seen. */
    @Override
    public void looksAt(Path directory) {
      Instant now = session.clock().instant();
      boolean silent = summaryOnly || !session.terminal().outIsTerminal();
      if (silent && !now.isBefore(lastLine.plus(BETWEEN_LINES))) {
        lastLine = now;
        session
            .terminal()
            .err()
            .println(
                Printable.of(
                    summary.files()
                        + " files, "
                        + Bytes.print(summary.bytes())
                        + "; now at "
                        + directory));
      }
    }

    void end(long vanished) throws IOException {
      if (json != null) {
        json.end(summary, acceptCodec, problems, vanished);
      } else {
        report.summary(summary);
      }
      if (vanished > 0) {
        session.terminal().warn(vanished + " files or directories went while they were looked at");
      }
      if (summary.files() == 0) {
        session.terminal().warn("no files were found");
      }
    }
  }
}
