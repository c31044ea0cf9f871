package io.cassandratde.tools;

import io.cassandratde.tools.output.Printable;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Standard input, output and error of one run. Answers and passwords come from the console when
 * there is one, so that a question never reads from a pipe by accident.
 */
public final class Terminal {

  /** A person who can answer; absent when input or output is redirected. */
  public interface Person {
    @Nullable String answer(String question);

    char @Nullable [] secret(String question);
  }

  private final BufferedReader in;
  private final PrintStream out;
  private final PrintStream err;
  private final @Nullable Person person;
  private final boolean outIsTerminal;

  public Terminal(
      InputStream in,
      PrintStream out,
      PrintStream err,
      @Nullable Person person,
      boolean outIsTerminal) {
    this.in = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    this.out = out;
    this.err = err;
    this.person = person;
    this.outIsTerminal = outIsTerminal;
  }

  @SuppressWarnings("SystemConsoleNull") // since Java 22 never null: hence the script's own look
  public static Terminal system() {
    boolean outIsTerminal = Boolean.getBoolean("tde.stdout.terminal");
    boolean interactive = outIsTerminal && Boolean.getBoolean("tde.stdin.terminal");
    Console console = interactive ? System.console() : null;
    return new Terminal(
        System.in,
        System.out,
        System.err,
        console == null ? null : new ConsolePerson(console),
        outIsTerminal);
  }

  public PrintStream out() {
    return out;
  }

  public PrintStream err() {
    return err;
  }

  public @Nullable Person person() {
    return person;
  }

  /** True when a progress bar may redraw its line. */
  public boolean outIsTerminal() {
    return outIsTerminal;
  }

  public void warn(String line) {
    err.println("WARNING: " + Printable.of(line));
  }

  /** The next line of standard input without its line end, null at the end of input. */
  public char @Nullable [] readPipedLine() throws IOException {
    char[] line = new char[64];
    int length = 0;
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        if (length == 0) {
          return null;
        }
        break;
      }
      if (length == line.length) {
        char[] longer = Arrays.copyOf(line, length * 2);
        Arrays.fill(line, '\0');
        line = longer;
      }
      line[length++] = (char) c;
    }
    if (length > 0 && line[length - 1] == '\r') {
      length--;
    }
    char[] result = Arrays.copyOf(line, length);
    Arrays.fill(line, '\0');
    return result;
  }

  private record ConsolePerson(Console console) implements Person {
    @Override
    public @Nullable String answer(String question) {
      return console.readLine("%s", question);
    }

    @Override
    public char @Nullable [] secret(String question) {
      return console.readPassword("%s", question);
    }
  }
}
