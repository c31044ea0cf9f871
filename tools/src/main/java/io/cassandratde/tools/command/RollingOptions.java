package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.rolling.Rolling;
import io.cassandratde.tools.rolling.Window;
import java.time.DateTimeException;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/** How much of a cluster is given work at once, and when. */
public final class RollingOptions {

  @Option(
      name = {"--parallel"},
      title = "nodes",
      description = "Nodes at a time (1), never of two racks")
  private int parallel = 1;

  @Option(
      name = {"--any-rack"},
      description = "Nodes of several racks at a time")
  private boolean anyRack;

  @Option(
      name = {"-j", "--jobs"},
      title = "jobs",
      description = "SSTables rewritten at once on a node; 0 uses all compaction threads (2)")
  private int jobs = 2;

  @Option(
      name = {"--throughput"},
      title = "MiB/s",
      description = "Compaction throughput of a node while it rewrites; restored afterwards")
  private @Nullable Integer throughput;

  @Option(
      name = {"--window"},
      title = "hh:mm-hh:mm",
      description = "Nodes are given work only at this time of day, in this machine's zone")
  private @Nullable String window;

  Rolling rolling() throws CommandFailure {
    if (parallel < 1) {
      throw new CommandFailure(ExitCode.USAGE, "--parallel must be 1 or more");
    }
    return new Rolling(parallel, anyRack);
  }

  int jobs() throws CommandFailure {
    if (jobs < 0) {
      throw new CommandFailure(ExitCode.USAGE, "--jobs must be 0 or more");
    }
    return jobs;
  }

  /** Null: as it is. */
  @Nullable Integer throughput() throws CommandFailure {
    if (throughput != null && throughput < 0) {
      throw new CommandFailure(ExitCode.USAGE, "--throughput must be 0 or more");
    }
    return throughput;
  }

  /** Null: at any time. */
  @Nullable Window window(ZoneId zone) throws CommandFailure {
    if (window == null) {
      return null;
    }
    try {
      return Window.parse(window, zone);
    } catch (DateTimeException e) {
      throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }
}
