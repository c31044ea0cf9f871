package io.cassandratde.tools;

import com.github.rvesse.airline.parser.errors.ParseException;
import io.cassandratde.tools.command.TdeCommand;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Entry point of {@code cassandra-tde} and {@code dsetool}. */
public final class Main {
  private final Session session;

  public Main(Session session) {
    this.session = session;
  }

  public static void main(String[] args) {
    // Read by slf4j-simple when its first logger is made, so it must be set before any command.
    boolean debug = Arrays.asList(args).contains("--debug");
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", debug ? "debug" : "error");
    ExitCode exit = new Main(Session.system()).run(List.of(args));
    System.out.flush();
    System.exit(exit.code());
  }

  /** Runs one command line; never throws, never exits. */
  public ExitCode run(List<String> args) {
    if (args.equals(List.of("--version")) || args.equals(List.of("version"))) {
      session.terminal().out().println(session.program() + " " + Version.current());
      return ExitCode.OK;
    }
    List<String> words = args.isEmpty() ? List.of("help") : helpFirst(args);
    TdeCommand command;
    try {
      command = CommandTree.build(session.program()).parse(words.toArray(String[]::new));
    } catch (ParseException e) {
      session.terminal().err().println(session.program() + ": " + e.getMessage());
      session.terminal().err().println("Try: " + session.program() + " help");
      return ExitCode.USAGE;
    }
    try {
      return command.run(session);
    } catch (Exception e) {
      return ErrorReport.print(session, e, command.debug());
    }
  }

  /** {@code <command> --help} reads as {@code help <command>}. */
  private static List<String> helpFirst(List<String> args) {
    if (!args.contains("--help")) {
      return args;
    }
    List<String> words = new ArrayList<>(List.of("help"));
    args.stream().takeWhile(a -> !a.startsWith("-")).limit(2).forEach(words::add);
    if (words.size() > 2 && !CommandTree.GROUPS.contains(words.get(1))) {
      words.remove(2);
    }
    return words;
  }
}
