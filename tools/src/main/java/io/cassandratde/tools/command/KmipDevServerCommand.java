package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.kmip.KmipHost;
import io.cassandratde.kmip.devserver.DevServerSettings;
import io.cassandratde.kmip.devserver.KmipDevServer;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.devca.DevCertificates;
import io.cassandratde.tools.devca.DevStores;
import java.io.IOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** {@code kmip-dev-server}: a KMIP server for trying things out, certificates included. */
@Command(
    name = "kmip-dev-server",
    description =
        "DEVELOPMENT ONLY: run a KMIP server; makes its certificates and a ready tde.yaml in --dir")
public final class KmipDevServerCommand extends TdeCommand {

  @Option(
      name = {"--listen"},
      title = "host:port",
      description = "Address to listen on; port 0 lets the system choose (default 127.0.0.1:0)")
  private String listen = "127.0.0.1:0";

  @Option(
      name = {"--dir"},
      title = "directory",
      description =
          "Where certificates, stores and tde.yaml stand; made when absent, used again when there"
              + " (default: a new temporary directory)")
  private @Nullable String directory;

  @Option(
      name = {"--file-store"},
      title = "file",
      description = "Keep keys in this file, in clear, so that they outlive the server")
  private @Nullable String fileStore;

  @Option(
      name = {"--owner-check"},
      description = "Keys belong to the CN of the client certificate that made them")
  private boolean ownerCheck;

  @Option(
      name = {"--san"},
      title = "name",
      description = "A further host name or address in the server's certificate; may be repeated")
  private List<String> names = new ArrayList<>();

  @Option(
      name = {"--group"},
      title = "group",
      description = "Name of the KMIP group in the written tde.yaml (default dev)")
  private String group = "dev";

  @Override
  public ExitCode run(Session session)
      throws CommandFailure, IOException, GeneralSecurityException, InterruptedException {
    if (!group.matches("[A-Za-z0-9_.-]+")) {
      throw new CommandFailure(ExitCode.USAGE, "'" + group + "' is no group name");
    }
    int colon = listen.lastIndexOf(':');
    int port = port(listen.substring(colon + 1));
    if (colon <= 0 || port < 0) {
      throw new CommandFailure(
          ExitCode.USAGE, "--listen takes host:port with a port up to 65535, not '" + listen + "'");
    }
    String host = listen.substring(0, colon).replaceAll("^\\[|\\]$", "");
    DevStores stores = stores(session, host);
    DevServerSettings settings =
        DevServerSettings.of(
                stores.serverStore(),
                stores.password(stores.serverStore()),
                stores.trustStore(),
                stores.password(stores.trustStore()))
            .withListen(host, port)
            .withOwnerCheck(ownerCheck)
            .withBanner(session.terminal().err());
    if (fileStore != null) {
      settings = settings.withStoreFile(Path.of(fileStore));
    }
    try (KmipDevServer server = start(settings)) {
      // A server bound to every address is reached on the loopback one.
      String reach = host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
      String address = new KmipHost(reach, server.port()).toString();
      stores.writeConfiguration(group, address);
      session.terminal().err().println("configuration: " + stores.configuration());
      session.terminal().out().println("listening on " + address);
      session.terminal().out().flush();
      untilStopped(server);
    }
    return ExitCode.OK;
  }

  private DevStores stores(Session session, String host)
      throws IOException, GeneralSecurityException {
    Path dir =
        directory == null ? Files.createTempDirectory("kmip-dev-server") : Path.of(directory);
    DevStores stores = new DevStores(dir);
    if (stores.present()) {
      return stores;
    }
    List<String> all = new ArrayList<>(names);
    if (!host.equals("0.0.0.0") && !host.equals("::")) {
      all.add(host);
    }
    return DevCertificates.create(dir, all, new SecureRandom(), session.clock().instant());
  }

  /** Negative for what is none. */
  private static int port(String text) {
    int port = text.matches("\\d{1,5}") ? Integer.parseInt(text) : -1;
    return port > 65535 ? -1 : port;
  }

  private static KmipDevServer start(DevServerSettings settings) throws CommandFailure {
    try {
      return KmipDevServer.start(settings);
    } catch (IOException e) {
      if (e.getCause() instanceof SocketException || e.getCause() instanceof UnknownHostException) {
        throw new CommandFailure(
            ExitCode.USAGE,
            e.getMessage()
                + "; stop what listens there, or name another address with --listen (with port 0"
                + " the system chooses a free one)",
            e);
      }
      throw new CommandFailure(ExitCode.CONFIGURATION, String.valueOf(e.getMessage()), e);
    }
  }

  /** SIGTERM and SIGINT run the hook; a test interrupts the thread. */
  private static void untilStopped(KmipDevServer server) throws InterruptedException {
    Thread hook = new Thread(server::close, "kmip-dev-server-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      new CountDownLatch(1).await();
    } finally {
      Runtime.getRuntime().removeShutdownHook(hook);
    }
  }
}
