package io.cassandratde.kmip.transport;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Looks names up on a thread of its own, because the system's resolver knows no deadline. */
final class Resolver {
  private Resolver() {}

  static InetAddress resolve(String host, Deadline deadline) throws IOException {
    if (host.indexOf(':') >= 0 || host.matches("[0-9.]+")) {
      return InetAddress.getByName(host); // A literal: nobody is asked.
    }
    FutureTask<InetAddress> lookUp = new FutureTask<>(() -> InetAddress.getByName(host));
    Thread thread = new Thread(lookUp, "kmip-resolve-" + host);
    thread.setDaemon(true);
    thread.start();
    try {
      return lookUp.get(deadline.remainingMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw (IOException) new UnknownHostException(host).initCause(e.getCause());
    } catch (TimeoutException e) {
      throw new SocketTimeoutException("no address for " + host + " in time");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }
}
