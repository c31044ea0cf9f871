package io.cassandratde.e2e.kmip;

import io.cassandratde.e2e.process.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A real PyKMIP server; its SQLite file tells what the server itself believes. */
public final class PyKmip implements AutoCloseable {

  private static final String PYTHON = "/usr/bin/python3";

  private final Path directory;
  private final Stores stores;
  private final Listening server;

  private PyKmip(Path directory, Stores stores, Listening server) {
    this.directory = directory;
    this.stores = stores;
    this.server = server;
  }

  public static PyKmip start(Path root, Path directory, Stores stores) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> command =
        List.of(
            PYTHON,
            "-W",
            "ignore",
            root.resolve("scripts/pykmip-server.py").toString(),
            "--dir",
            directory.toString(),
            "--cert",
            stores.serverPem().toString(),
            "--key",
            stores.serverKeyPem().toString(),
            "--ca",
            stores.caPem().toString());
    return new PyKmip(
        directory, stores, Listening.start(command, directory.resolve("launcher.out")));
  }

  public String address() {
    return server.address();
  }

  public KmipGroup group(String name) {
    return new KmipGroup(
        name,
        List.of(server.address()),
        stores.keystore(),
        stores.truststore(),
        Stores.PASSWORD,
        Stores.PASSWORD);
  }

  /** The ids of the keys in the server's own database, with their states: "id state" a line. */
  public List<String> keysInDatabase() {
    String query =
        "import sqlite3,sys\n"
            + "from kmip.core.enums import State\n"
            + "rows = sqlite3.connect(sys.argv[1]).execute("
            + "'select uid, state from managed_objects join crypto_objects using (uid)')\n"
            + "for row in rows: print(row[0], State(row[1]).name)\n";
    return Program.run(
            List.of(PYTHON, "-W", "ignore", "-c", query, directory.resolve("pykmip.db").toString()),
            Map.of())
        .orFail()
        .out()
        .lines()
        .toList();
  }

  /** How many requests for this operation it has processed, by its own log. */
  public long processed(String operation) {
    try (Stream<String> lines = Files.lines(directory.resolve("server.log"))) {
      return lines.filter(line -> line.endsWith("Processing operation: " + operation)).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes keys until the server has given this id to one; PyKMIP counts from 1. */
  public void createKeyWithId(String id) {
    String script =
        """
        import sys
        from kmip.pie.client import ProxyKmipClient
        from kmip.core.enums import CryptographicAlgorithm as A, CryptographicUsageMask as M
        host, port, cert, key, ca, wanted = sys.argv[1:]
        with ProxyKmipClient(hostname=host, port=int(port), cert=cert, key=key, ca=ca,
                             ssl_version='PROTOCOL_TLSv1_2', config_file='/dev/null') as client:
            made = 0
            while made < int(wanted):
                made = int(client.create(A.AES, 256, cryptographic_usage_mask=[M.ENCRYPT, M.DECRYPT]))
                client.activate(str(made))
        assert str(made) == wanted, (made, wanted)
        """;
    String[] address = server.address().split(":", 2);
    Program.run(
            List.of(
                PYTHON,
                "-W",
                "ignore",
                "-c",
                script,
                address[0],
                address[1],
                stores.clientPem().toString(),
                stores.clientKeyPem().toString(),
                stores.caPem().toString(),
                id),
            Map.of())
        .orFail();
  }

  public void kill() {
    server.kill();
  }

  @Override
  public void close() {
    server.close();
  }
}
