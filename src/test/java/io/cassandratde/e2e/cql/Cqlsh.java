package io.cassandratde.e2e.cql;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.ColumnDefinition;
import com.datastax.oss.driver.api.core.cql.ResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Stands in for cqlsh in scripts/quickstart, as Cassandra's own needs its tarball and Python:
 * {@code cqlsh HOST -e STATEMENTS} or {@code cqlsh HOST -f FILE}. Statements end with a semicolon
 * at the end of a line (or of the text); those of a file of INSERTs go out many at a time.
 */
public final class Cqlsh {

  private static final int IN_FLIGHT = 128;

  private Cqlsh() {}

  public static void main(String[] arguments) throws IOException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    if (arguments.length != 3 || !List.of("-e", "-f").contains(arguments[1])) {
      System.err.println("usage: cqlsh HOST -e STATEMENTS | -f FILE");
      System.exit(2);
    }
    String text =
        arguments[1].equals("-e") ? arguments[2] : Files.readString(Path.of(arguments[2]));
    try (CqlSession session = Sessions.open(arguments[0], 9042)) {
      run(session, List.of(text.split(";\\s*(?:\n|$)")), out);
    } catch (DriverException | CompletionException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  private static void run(CqlSession session, List<String> statements, PrintStream out) {
    Deque<CompletableFuture<AsyncResultSet>> pending = new ArrayDeque<>();
    for (String statement : statements) {
      if (statement.isBlank()) {
        continue;
      }
      if (statement.strip().startsWith("INSERT")) {
        pending.add(session.executeAsync(statement).toCompletableFuture());
        if (pending.size() > IN_FLIGHT) {
          pending.remove().join();
        }
      } else {
        pending.forEach(CompletableFuture::join);
        pending.clear();
        print(session.execute(statement), out);
      }
    }
    pending.forEach(CompletableFuture::join);
  }

  private static void print(ResultSet result, PrintStream out) {
    result
        .getExecutionInfo()
        .getWarnings()
        .forEach(warning -> System.err.println("Warnings:\n" + warning));
    if (result.getColumnDefinitions().size() == 0) {
      return;
    }
    StringJoiner head = new StringJoiner(" | ");
    for (ColumnDefinition column : result.getColumnDefinitions()) {
      head.add(column.getName().asInternal());
    }
    out.println(head);
    int count = 0;
    for (Row row : result) {
      StringJoiner line = new StringJoiner(" | ");
      for (int i = 0; i < row.size(); i++) {
        line.add(String.valueOf(row.getObject(i)));
      }
      out.println(line);
      count++;
    }
    out.println("(" + count + " rows)");
  }
}
