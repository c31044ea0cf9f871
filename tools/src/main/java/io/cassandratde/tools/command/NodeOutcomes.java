package io.cassandratde.tools.command;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Terminal;
import io.cassandratde.tools.cluster.EachNode;
import io.cassandratde.tools.jmx.ClusterNodes;
import io.cassandratde.tools.jmx.Member;
import io.cassandratde.tools.output.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * What came of one thing that every node was told to do: lines of those that did it, and at the
 * end, on standard error, those that did not or were not reached.
 */
final class NodeOutcomes {

  private final Terminal terminal;
  private final String notDone;
  private final List<String> failed = new ArrayList<>();

  /**
   * @param notDone before the name of a node that did not do it, such as {@code NOT TAKEN}
   */
  NodeOutcomes(Terminal terminal, String notDone) {
    this.terminal = terminal;
    this.notDone = notDone;
  }

  /**
   * Prints what the nodes did.
   *
   * @param name of a node, for the operator
   * @param lines of a node, by its name and what it answered
   */
  <N, T> void add(
      List<EachNode.Answer<N, T>> answers,
      Function<N, String> name,
      BiFunction<String, T, List<String>> lines) {
    for (EachNode.Answer<N, T> each : answers) {
      String node = name.apply(each.node());
      T value = each.value();
      if (value == null) {
        failed.add(node + ": " + each.reason());
      } else {
        lines.apply(node, value).forEach(line -> terminal.out().println(Printable.of(line)));
      }
    }
  }

  void addMissing(ClusterNodes cluster) {
    cluster.missing().forEach(each -> failed.add(each.node() + ": " + each.reason()));
  }

  /** Members that the operator did not name. */
  void addLeft(List<Member> left) {
    left.forEach(member -> failed.add(member.endpoint() + ": was not asked"));
  }

  /** Each node that did not do it, with the reason. */
  List<String> failed() {
    return List.copyOf(failed);
  }

  /**
   * Names the nodes that did not do it.
   *
   * @param verdict the last line where there are any, by their number
   * @throws CommandFailure there are some
   */
  ExitCode end(IntFunction<String> verdict) throws CommandFailure {
    terminal.out().flush();
    failed.forEach(line -> terminal.err().println(Printable.of(notDone + ": " + line)));
    if (!failed.isEmpty()) {
      throw new CommandFailure(ExitCode.INCOMPLETE, verdict.apply(failed.size()));
    }
    return ExitCode.OK;
  }
}
