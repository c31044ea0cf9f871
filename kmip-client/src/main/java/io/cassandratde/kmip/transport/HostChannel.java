package io.cassandratde.kmip.transport;

import io.cassandratde.kmip.KmipHost;
import io.cassandratde.kmip.KmipSettings;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The connections to one host: a bounded pool, newest first, so that the others reach their idle
 * limit and are closed before the server does it.
 */
public final class HostChannel implements AutoCloseable {
  private final KmipHost host;
  private final KmipSettings settings;
  private final SSLContext context;
  private final Watchdog watchdog;
  private final LongSupplier nanoTime;
  private final Semaphore permits;
  private final Deque<KmipConnection> idle = new ArrayDeque<>();
  private int busy;
  private boolean closed;

  HostChannel(
      KmipHost host,
      KmipSettings settings,
      SSLContext context,
      Watchdog watchdog,
      LongSupplier nanoTime) {
    this.host = host;
    this.settings = settings;
    this.context = context;
    this.watchdog = watchdog;
    this.nanoTime = nanoTime;
    this.permits = new Semaphore(settings.maxConnectionsPerHost(), true);
  }

  public KmipHost host() {
    return host;
  }

  /**
   * Sends a request message and returns the response message.
   *
   * <p>A pooled connection may have been closed by the server meanwhile. What is safe to repeat is
   * then repeated once, silently, on a fresh connection; everything else gets a fresh connection to
   * begin with.
   */
  public byte[] exchange(byte[] request, boolean idempotent, Deadline deadline) throws HostFailure {
    acquire(deadline);
    try {
      KmipConnection pooled = idempotent ? takeIdle() : null;
      if (pooled != null) {
        try {
          return exchangeOn(pooled, request, deadline);
        } catch (HostFailure broken) {
          if (broken.kind() != HostFailure.Kind.BROKEN) {
            throw broken;
          }
        }
      }
      return exchangeOn(open(deadline), request, deadline);
    } finally {
      release();
    }
  }

  /** The same on a connection that nobody used before, without any repetition. */
  public byte[] exchangeFresh(byte[] request, Deadline deadline) throws HostFailure {
    acquire(deadline);
    try {
      return exchangeOn(open(deadline), request, deadline);
    } finally {
      release();
    }
  }

  private void acquire(Deadline deadline) throws HostFailure {
    // Not the whole deadline: something must be left for the next host.
    Deadline patience = deadline.orAfter(settings.readTimeout());
    try {
      if (permits.tryAcquire(patience.remainingMillis(), TimeUnit.MILLISECONDS)) {
        synchronized (this) {
          busy++;
        }
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HostFailure(HostFailure.Kind.BUSY, false, "interrupted");
    }
    throw new HostFailure(
        HostFailure.Kind.BUSY,
        false,
        "all " + settings.maxConnectionsPerHost() + " connections were busy until the time-out");
  }

  private void release() {
    synchronized (this) {
      busy--;
    }
    permits.release();
  }

  private KmipConnection open(Deadline deadline) throws HostFailure {
    makeRoom();
    return KmipConnection.open(host, settings, context, watchdog, deadline);
  }

  private byte[] exchangeOn(KmipConnection connection, byte[] request, Deadline deadline)
      throws HostFailure {
    boolean healthy = false;
    try {
      byte[] response = connection.exchange(request, deadline.orAfter(settings.readTimeout()));
      healthy = true;
      return response;
    } finally {
      if (healthy) {
        giveBack(connection);
      } else {
        connection.close();
      }
    }
  }

  private synchronized @Nullable KmipConnection takeIdle() {
    closeStale();
    KmipConnection newest = idle.pollFirst();
    while (newest != null && newest.hasUnreadBytes()) {
      newest.close();
      newest = idle.pollFirst();
    }
    return newest;
  }

  /** One that waits for its next use gives way to a fresh one: both count against the limit. */
  private synchronized void makeRoom() {
    while (!idle.isEmpty() && idle.size() + busy > settings.maxConnectionsPerHost()) {
      idle.removeLast().close();
    }
  }

  /** After an answer that makes no sense: what else this host has in flight makes none either. */
  synchronized void discardIdle() {
    idle.forEach(KmipConnection::close);
    idle.clear();
  }

  private synchronized void giveBack(KmipConnection connection) {
    connection.usedAt(nanoTime.getAsLong());
    if (closed) {
      connection.close();
    } else {
      idle.addFirst(connection);
      closeStale();
    }
  }

  private void closeStale() {
    long oldest = nanoTime.getAsLong() - settings.idleLimit().toNanos();
    KmipConnection last = idle.peekLast();
    while (last != null && last.lastUsed() - oldest < 0) {
      idle.removeLast().close();
      last = idle.peekLast();
    }
  }

  /** Connections that wait for their next use. */
  synchronized int idleConnections() {
    return idle.size();
  }

  @Override
  public synchronized void close() {
    closed = true;
    discardIdle();
  }
}
