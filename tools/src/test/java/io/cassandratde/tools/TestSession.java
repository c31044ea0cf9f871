package io.cassandratde.tools;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One run of the command line inside the test's JVM, with all it prints. */
public final class TestSession {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Map<String, String> environment = new HashMap<>();
  private final Deque<String> answers = new ArrayDeque<>();
  private boolean person;
  private String piped = "";
  private InstantSource clock = InstantSource.system();

  public TestSession environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** A person at a terminal who answers so, one answer per question. */
  public TestSession answering(String... texts) {
    person = true;
    answers.addAll(List.of(texts));
    return this;
  }

  public TestSession piping(String text) {
    piped = text;
    return this;
  }

  public TestSession clock(InstantSource source) {
    clock = source;
    return this;
  }

  /** Runs; the same session may run again, its output is that of the last run. */
  public ExitCode run(String... args) {
    out.reset();
    err.reset();
    return new Main(session()).run(List.of(args));
  }

  public Session session() {
    Terminal terminal =
        new Terminal(
            new ByteArrayInputStream(piped.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            person ? new Scripted() : null,
            false);
    return new Session("cassandra-tde", terminal, environment, clock, ZoneId.of("Europe/Berlin"));
  }

  public String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  public String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private final class Scripted implements Terminal.Person {
    @Override
    public @Nullable String answer(String question) {
      err.writeBytes(question.getBytes(StandardCharsets.UTF_8));
      return answers.poll();
    }

    @Override
    public char @Nullable [] secret(String question) {
      String answer = answer(question);
      return answer == null ? null : answer.toCharArray();
    }
  }
}
