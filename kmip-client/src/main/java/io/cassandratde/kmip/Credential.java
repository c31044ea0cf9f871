package io.cassandratde.kmip;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** User and password sent in the header of each request, besides the client's certificate. */
public final class Credential {
  private final String user;
  private final char[] password;

  /** Keeps its own copy of the password. */
  public Credential(String user, char[] password) {
    this.user = user;
    this.password = password.clone();
  }

  public String user() {
    return user;
  }

  /** A copy, which the caller wipes. */
  public char[] password() {
    return password.clone();
  }

  /** By user and password. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Credential that
        && user.equals(that.user)
        && Arrays.equals(password, that.password);
  }

  /** Tells nothing of the password. */
  @Override
  public int hashCode() {
    return user.hashCode();
  }

  @Override
  public String toString() {
    return "Credential[user=" + user + "]";
  }
}
