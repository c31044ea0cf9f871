package io.cassandratde.keys.audit;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who runs a tool.
 *
 * @param user the operating system's, by the process and not by a variable
 * @param sudoUser who became that user by sudo, as sudo says; null: nobody
 */
public record Actor(String user, @Nullable String sudoUser, String host) {

  public static Actor of(Map<String, String> environment) {
    String user =
        ProcessHandle.current().info().user().orElseGet(() -> System.getProperty("user.name", "?"));
    return new Actor(user, environment.get("SUDO_USER"), LocalHost.name());
  }
}
