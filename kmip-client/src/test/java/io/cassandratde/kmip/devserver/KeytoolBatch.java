package io.cassandratde.kmip.devserver;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Many runs of the JDK's keytool in one process: thirty processes would cost every module's tests
 * ten seconds. It needs a process of its own because keytool's class is not exported.
 */
final class KeytoolBatch {
  private static final String KEYTOOL = "sun.security.tools.keytool";

  private KeytoolBatch() {}

  /** Runs each command line; throws with keytool's own words when one fails. */
  static void run(List<List<String>> commands) {
    try {
      File self =
          Path.of(KeytoolBatch.class.getProtectionDomain().getCodeSource().getLocation().toURI())
              .toFile();
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  // Ten thousand rounds guard nothing here and would be paid at every connection.
                  "-Dkeystore.pkcs12.certPbeIterationCount=1",
                  "-Dkeystore.pkcs12.keyPbeIterationCount=1",
                  "-Dkeystore.pkcs12.macIterationCount=1",
                  "--add-exports",
                  "java.base/" + KEYTOOL + "=ALL-UNNAMED",
                  "-cp",
                  self.getPath(),
                  KeytoolBatch.class.getName())
              .redirectErrorStream(true)
              .start();
      StringBuilder input = new StringBuilder();
      commands.forEach(command -> input.append(String.join("\t", command)).append('\n'));
      process.getOutputStream().write(input.toString().getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int code = process.waitFor();
      if (code != 0) {
        throw new IllegalStateException("keytool failed (" + code + "): " + output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  public static void main(String[] arguments) throws IOException, ReflectiveOperationException {
    Method keytool = Class.forName(KEYTOOL + ".Main").getMethod("main", String[].class);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String line;
    while ((line = in.readLine()) != null) {
      try {
        // On failure keytool prints the reason and ends this process with a code of its own.
        keytool.invoke(null, (Object) line.split("\t", -1));
      } catch (InvocationTargetException e) {
        throw new IOException(line, e.getCause());
      }
    }
  }
}
