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
    ExitCode exit = execute(words);
    if (exit == ExitCode.USAGE) {
      session.terminal().err().println("Try: " + session.program() + helpFor(words));
    }
    return exit;
  }

  private static String helpFor(List<String> words) {
    List<String> help = new ArrayList<>(CommandTree.path(words));
    help.remove("help");
    help.add(0, "help");
    return " " + String.join(" ", help);
  }

  private ExitCode execute(List<String> words) {
    TdeCommand command;
    try {
      command = CommandTree.build(session.program()).parse(words.toArray(String[]::new));
    } catch (ParseException e) {
      return ErrorReport.print(
          session, new CommandFailure(ExitCode.USAGE, UsageError.of(e)), false);
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
    words.addAll(CommandTree.path(args.stream().takeWhile(a -> !a.startsWith("-")).toList()));
    return words;
  }
}
