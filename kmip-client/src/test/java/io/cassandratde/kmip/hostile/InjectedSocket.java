package io.cassandratde.kmip.hostile;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;

/**
 * A server's connection into whose incoming bytes some can be slipped. That makes JSSE send a fatal
 * alert under the session's keys, which its API has no call for.
 */
final class InjectedSocket extends Socket {
  private final Socket raw;
  private final Incoming incoming;

  InjectedSocket(Socket raw) throws IOException {
    this.raw = raw;
    this.incoming = new Incoming(raw.getInputStream());
  }

  /** The next bytes to be read, before whatever the peer sends. */
  void inject(byte[] bytes) {
    incoming.injected = bytes;
    incoming.at = 0;
  }

  @Override
  public InputStream getInputStream() {
    return incoming;
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return raw.getOutputStream();
  }

  @Override
  public boolean isConnected() {
    return raw.isConnected();
  }

  @Override
  public boolean isClosed() {
    return raw.isClosed();
  }

  @Override
  public InetAddress getInetAddress() {
    return raw.getInetAddress();
  }

  @Override
  public int getPort() {
    return raw.getPort();
  }

  @Override
  public void shutdownOutput() throws IOException {
    raw.shutdownOutput();
  }

  @Override
  public synchronized void close() throws IOException {
    raw.close();
  }

  private static final class Incoming extends FilterInputStream {
    private byte[] injected = new byte[0];
    private int at;

    Incoming(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      return at < injected.length ? injected[at++] & 0xFF : super.read();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (at == injected.length || length == 0) {
        return super.read(target, offset, length);
      }
      int count = Math.min(length, injected.length - at);
      System.arraycopy(injected, at, target, offset, count);
      at += count;
      return count;
    }
  }
}
