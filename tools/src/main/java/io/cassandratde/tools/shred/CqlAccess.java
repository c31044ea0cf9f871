package io.cassandratde.tools.shred;

import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How to log in to CQL.
 *
 * @param tls with the javax.net.ssl settings of this process; the name in the node's certificate
 *     must be that of the contact
 */
public record CqlAccess(
    List<InetSocketAddress> contacts,
    @Nullable String user,
    @Nullable String password,
    boolean tls) {

  public CqlAccess {
    contacts = List.copyOf(contacts);
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "CqlAccess[contacts=" + contacts + ", user=" + user + ", tls=" + tls + "]";
  }
}
