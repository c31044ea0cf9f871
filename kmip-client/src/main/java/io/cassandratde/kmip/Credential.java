package io.cassandratde.kmip;

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

  @Override
  public String toString() {
    return "Credential[user=" + user + "]";
  }
}
