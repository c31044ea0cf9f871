package io.cassandratde.e2e.kmip;

import io.cassandratde.e2e.process.Distribution;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code cassandra-tde kmip-dev-server} as a process, with the stores that it makes for itself. */
public final class DevServer implements AutoCloseable {

  private final Distribution distribution;
  private final Path stores;
  private Listening server;

  private DevServer(Distribution distribution, Path stores) {
    this.distribution = distribution;
    this.stores = stores;
    this.server = listen("127.0.0.1:0");
  }

  private Listening listen(String address) {
    return Listening.start(
        distribution.devServer(stores, address), stores.resolveSibling("server.out"));
  }

  public static DevServer start(Distribution distribution, Path directory) {
    try {
      Files.createDirectories(directory);
      return new DevServer(distribution, directory.resolve("stores"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String address() {
    return server.address();
  }

  /** Both stores have a password of their own, in a file beside them. */
  public KmipGroup group(String name) {
    return new KmipGroup(
        name,
        List.of(server.address()),
        stores.resolve("client.p12"),
        stores.resolve("truststore.p12"),
        password("client.p12"),
        password("truststore.p12"));
  }

  private String password(String store) {
    try {
      return Files.readString(stores.resolve(store + ".password")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** kill -9: what it has answered is in its file. */
  public void kill() {
    server.kill();
  }

  /** With the keys that it had, at the address that it had. */
  public void startAgain() {
    server = listen(server.address());
  }

  @Override
  public void close() {
    server.close();
  }
}
