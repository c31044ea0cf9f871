package io.cassandratde.kmip.interop;

import io.cassandratde.kmip.KmipHost;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;

/** A PyKMIP server as a process of its own, which ends with this one. */
public final class PyKmip implements AutoCloseable {
  /** Debian's: another python3 on the PATH has no module kmip. */
  private static final String PYTHON = "/usr/bin/python3";

  private static final String STORED =
      "import sqlite3,sys;"
          + "row=sqlite3.connect('file:'+sys.argv[1]+'?mode=ro',uri=True).execute("
          + "'select value from managed_objects where uid=?',(sys.argv[2],)).fetchone();"
          + "print(row[0].hex() if row else 'gone')";

  private final Process process;
  private final Path database;
  private final KmipHost host;

  private PyKmip(Process process, Path database, KmipHost host) {
    this.process = process;
    this.database = database;
    this.host = host;
  }

  /** Starts one that keeps its files in this folder. */
  public static PyKmip start(Path dir) {
    try {
      PemFiles pem = PemFiles.write(dir);
      Process process =
          new ProcessBuilder(
                  PYTHON,
                  "-W",
                  "ignore",
                  launcher().toString(),
                  "--dir",
                  dir.toString(),
                  "--cert",
                  pem.certificate().toString(),
                  "--key",
                  pem.key().toString(),
                  "--ca",
                  pem.authority().toString())
              .redirectErrorStream(true)
              .start();
      BufferedReader out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      StringBuilder said = new StringBuilder();
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.startsWith("listening on ")) {
          KmipHost host = KmipHost.parse(line.substring("listening on ".length()));
          return new PyKmip(process, dir.resolve("pykmip.db"), host);
        }
        said.append(line).append('\n');
      }
      throw new IllegalStateException(
          "PyKMIP did not start; these tests need it: apt-get install python3-pykmip\n" + said);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "PyKMIP did not start; these tests need it: apt-get install python3-pykmip", e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path launcher() {
    // Set by the build; in an IDE the module's or the project's folder is the current one.
    Path root = Path.of(System.getProperty("tde.root", "")).toAbsolutePath();
    Path script = root.resolve("scripts/pykmip-server.py");
    return Files.exists(script) ? script : root.resolveSibling("scripts/pykmip-server.py");
  }

  public KmipHost host() {
    return host;
  }

  /** What the server stores of a key, in clear; "gone" if it stores none. */
  public String storedHex(String id) throws IOException {
    Process query =
        new ProcessBuilder(PYTHON, "-c", STORED, database.toString(), id)
            .redirectErrorStream(true)
            .start();
    return new String(query.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public void close() throws IOException, InterruptedException {
    process.getOutputStream().close();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
