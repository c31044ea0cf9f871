package io.cassandratde.e2e.kmip;

import io.cassandratde.e2e.process.Distribution;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code cassandra-tde kmip-dev-server} as a process, with the stores that it makes for itself. */
public final class DevServer implements AutoCloseable {

  private final Path stores;
  private final Listening server;

  private DevServer(Path stores, Listening server) {
    this.stores = stores;
    this.server = server;
  }

  public static DevServer start(Distribution distribution, Path directory) {
    try {
      Files.createDirectories(directory);
      Path stores = directory.resolve("stores");
      return new DevServer(
          stores, Listening.start(distribution.devServer(stores), directory.resolve("server.out")));
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

  public void kill() {
    server.kill();
  }

  @Override
  public void close() {
    server.close();
  }
}
