package io.cassandratde.tools.jmx;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.rmi.registry.LocateRegistry;
import java.rmi.registry.Registry;
import java.rmi.server.ExportException;
import java.rmi.server.UnicastRemoteObject;
import java.util.HashMap;
import java.util.Map;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;
import javax.management.StandardMBean;
import javax.management.remote.JMXAuthenticator;
import javax.management.remote.JMXConnectorServer;
import javax.management.remote.JMXConnectorServerFactory;
import javax.management.remote.JMXPrincipal;
import javax.management.remote.JMXServiceURL;
import javax.security.auth.Subject;
import org.jspecify.annotations.Nullable;

/** JMX over RMI as a node offers it, at a port that it keeps when it goes away and comes back. */
final class JmxServer {

  private final MBeanServer beans = MBeanServerFactory.newMBeanServer();
  private final Map<String, Object> environment = new HashMap<>();
  private final int port;
  private @Nullable Registry registry;
  private @Nullable JMXConnectorServer connector;

  /**
   * Up when this returns.
   *
   * @param password null: anybody may connect
   */
  JmxServer(@Nullable String password) throws Exception {
    if (password != null) {
      environment.put(JMXConnectorServer.AUTHENTICATOR, authenticator(password));
    }
    Registry exported = null;
    int free = 0;
    while (exported == null) {
      free = freePort();
      try {
        exported = LocateRegistry.createRegistry(free);
      } catch (ExportException taken) {
        // By another process, in the moment since it was found free: the next one, then.
      }
    }
    port = free;
    listen(exported);
  }

  private static JMXAuthenticator authenticator(String password) {
    return credentials -> {
      if (credentials instanceof String[] pair && pair[1].equals(password)) {
        Subject subject = new Subject();
        subject.getPrincipals().add(new JMXPrincipal(pair[0]));
        return subject;
      }
      throw new SecurityException("Authentication failed! Invalid username or password");
    };
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void listen(Registry exported) throws IOException {
    registry = exported;
    JMXConnectorServer started =
        JMXConnectorServerFactory.newJMXConnectorServer(
            new JMXServiceURL(
                "service:jmx:rmi://127.0.0.1:0/jndi/rmi://127.0.0.1:" + port + "/jmxrmi"),
            environment,
            beans);
    started.start();
    connector = started;
  }

  int port() {
    return port;
  }

  void bean(String name, Object bean) throws Exception {
    beans.registerMBean(bean, new ObjectName(name));
  }

  <T> void bean(String name, T bean, Class<T> type) throws Exception {
    bean(name, new StandardMBean(bean, type));
  }

  void removeBean(String name) throws Exception {
    beans.unregisterMBean(new ObjectName(name));
  }

  void up() throws IOException {
    if (connector == null) {
      listen(LocateRegistry.createRegistry(port));
    }
  }

  void down() throws IOException {
    if (connector != null && registry != null) {
      connector.stop();
      UnicastRemoteObject.unexportObject(registry, true);
      connector = null;
    }
  }
}
