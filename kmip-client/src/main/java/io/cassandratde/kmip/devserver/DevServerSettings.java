package io.cassandratde.kmip.devserver;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Everything a {@link KmipDevServer} is told at its start.
 *
 * @param host the address to listen on; loopback unless you know why not
 * @param port 0 lets the system choose
 * @param keystore the server's certificate and key (PKCS12 or JKS)
 * @param truststore the authorities whose client certificates are accepted; a client certificate is
 *     always required
 * @param storeFile where objects are kept, or null for memory only
 * @param ownerCheck whether objects belong to the CN of the client certificate that made them and
 *     are closed to all others
 * @param replicaOf a running server whose objects this one serves too, as a replicated pair does
 * @param maxConnections further connections are closed at once
 */
// Passwords are arrays so that they can be wiped; settings are never compared.
@SuppressWarnings("ArrayRecordComponent")
public record DevServerSettings(
    String host,
    int port,
    Path keystore,
    char[] keystorePassword,
    Path truststore,
    char[] truststorePassword,
    @Nullable Path storeFile,
    boolean ownerCheck,
    DevServerBehaviour behaviour,
    @Nullable KmipDevServer replicaOf,
    InstantSource clock,
    SecureRandom random,
    PrintStream banner,
    int maxConnections) {

  /** Loopback, any free port, in memory, without owner checks, silent. */
  public static DevServerSettings of(
      Path keystore, char[] keystorePassword, Path truststore, char[] truststorePassword) {
    return new DevServerSettings(
        "127.0.0.1",
        0,
        keystore,
        keystorePassword.clone(),
        truststore,
        truststorePassword.clone(),
        null,
        false,
        new DevServerBehaviour(),
        null,
        InstantSource.system(),
        new SecureRandom(),
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
        64);
  }

  public DevServerSettings withListen(String newHost, int newPort) {
    return copy(newHost, newPort, storeFile, ownerCheck, behaviour, replicaOf, clock, banner);
  }

  public DevServerSettings withStoreFile(@Nullable Path file) {
    return copy(host, port, file, ownerCheck, behaviour, replicaOf, clock, banner);
  }

  public DevServerSettings withOwnerCheck(boolean check) {
    return copy(host, port, storeFile, check, behaviour, replicaOf, clock, banner);
  }

  public DevServerSettings withBehaviour(DevServerBehaviour newBehaviour) {
    return copy(host, port, storeFile, ownerCheck, newBehaviour, replicaOf, clock, banner);
  }

  public DevServerSettings withReplicaOf(KmipDevServer other) {
    return copy(host, port, storeFile, ownerCheck, behaviour, other, clock, banner);
  }

  public DevServerSettings withClock(InstantSource newClock) {
    return copy(host, port, storeFile, ownerCheck, behaviour, replicaOf, newClock, banner);
  }

  public DevServerSettings withBanner(PrintStream newBanner) {
    return copy(host, port, storeFile, ownerCheck, behaviour, replicaOf, clock, newBanner);
  }

  private DevServerSettings copy(
      String newHost,
      int newPort,
      @Nullable Path newStoreFile,
      boolean newOwnerCheck,
      DevServerBehaviour newBehaviour,
      @Nullable KmipDevServer newReplicaOf,
      InstantSource newClock,
      PrintStream newBanner) {
    return new DevServerSettings(
        newHost,
        newPort,
        keystore,
        keystorePassword,
        truststore,
        truststorePassword,
        newStoreFile,
        newOwnerCheck,
        newBehaviour,
        newReplicaOf,
        newClock,
        random,
        newBanner,
        maxConnections);
  }

  /** Without the passwords. */
  @Override
  public String toString() {
    return "DevServerSettings[" + host + ":" + port + ", store=" + storeFile + "]";
  }
}
