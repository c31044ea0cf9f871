package io.cassandratde.keys.audit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The name of this machine, for records of what was done where. */
public final class LocalHost {

  private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

  private LocalHost() {}

  /** As the kernel has it; a name service that is down must not hold up a command. */
  public static String name() {
    try {
      return Files.readString(KERNEL).strip();
    } catch (IOException notLinux) {
      try {
        return InetAddress.getLocalHost().getHostName();
      } catch (UnknownHostException e) {
        return "unknown";
      }
    }
  }
}
