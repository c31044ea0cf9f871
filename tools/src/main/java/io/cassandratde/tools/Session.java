package io.cassandratde.tools;

import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Map;

/** Everything a command takes from outside its arguments, so that tests can give it all. */
public record Session(
    String program,
    Terminal terminal,
    Map<String, String> environment,
    InstantSource clock,
    ZoneId zone) {

  public static Session system() {
    return new Session(
        System.getProperty("tde.program", "cassandra-tde"),
        Terminal.system(),
        System.getenv(),
        InstantSource.system(),
        ZoneId.systemDefault());
  }
}
