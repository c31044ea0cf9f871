package io.cassandratde.keys.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A token of SoftHSM2 (Debian's softhsm2), whose keys are made, named and deleted by pkcs11-tool
 * (Debian's opensc), a program that is not ours. The library finds its tokens by the environment
 * variable SOFTHSM2_CONF, which the build sets for this JVM.
 */
public final class SoftToken {

  public static final Path LIBRARY = Path.of("/usr/lib/softhsm/libsofthsm2.so");
  static final Path TOKENS = Path.of("target/tokens");
  private static final Path CONFIGURATION = Path.of("target/softhsm2.conf");
  public static final String PIN = "24681357";

  /** All at once: a library that is loaded sees no token that is made later. */
  private static final Deque<SoftToken> UNUSED = new ConcurrentLinkedDeque<>();

  /** More than the tests of a module use, which may all run in one process. */
  private static final int COUNT = 48;

  /** softhsm2-util and pkcs11-tool fail over a token that another process is just making. */
  private static final Path LOCK = Path.of("target/softhsm2.lock");

  private static boolean made;

  private final String label;

  private SoftToken(String label) {
    this.label = label;
  }

  /** One that no other test has. */
  public static synchronized SoftToken unused() throws Exception {
    if (!Files.exists(CONFIGURATION)) {
      Files.createDirectories(TOKENS);
      Files.writeString(
          CONFIGURATION,
          "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n"
              .formatted(TOKENS.toAbsolutePath()));
    }
    if (UNUSED.isEmpty()) {
      assertThat(made).as("tokens for all tests of a process: raise COUNT").isFalse();
      made = true;
      for (int i = 0; i < COUNT; i++) {
        String label = "t" + UUID.randomUUID().toString().substring(0, 8);
        run(
            "softhsm2-util",
            "--init-token",
            "--free",
            "--label",
            label,
            "--pin",
            PIN,
            "--so-pin",
            PIN);
        UNUSED.add(new SoftToken(label));
      }
    }
    return UNUSED.remove();
  }

  /** As softhsm2-util says it. */
  public long slot() throws Exception {
    String shown = run("softhsm2-util", "--show-slots");
    String slot = "";
    for (String line : shown.lines().toList()) {
      if (line.startsWith("Slot ")) {
        slot = line.substring("Slot ".length()).strip();
      } else if (line.strip().matches("Label: +" + label + " *")) {
        return Long.parseLong(slot);
      }
    }
    throw new AssertionError("no token " + label + " in:\n" + shown);
  }

  /** Where its objects lie. */
  public Path directory() throws Exception {
    String serial = "";
    boolean mine = false;
    for (String line : run("softhsm2-util", "--show-slots").lines().toList()) {
      if (line.strip().startsWith("Serial number:")) {
        serial = line.substring(line.indexOf(':') + 1).strip();
      }
      if (line.strip().matches("Label: +" + label + " *")) {
        mine = true;
        break;
      }
    }
    assertThat(mine).isTrue();
    try (Stream<Path> tokens = Files.list(TOKENS)) {
      String end = serial;
      return tokens
          .filter(each -> each.toString().replace("-", "").contains(end))
          .findFirst()
          .orElseThrow();
    }
  }

  /** An AES key that never leaves the token. */
  public void makeKey(String name, int bits) throws Exception {
    makeKey(name, bits, "--sensitive");
  }

  /**
   * A key of this protection.
   *
   * @param protection options of pkcs11-tool; none: not sensitive, and not extractable
   */
  void makeKey(String name, int bits, String... protection) throws Exception {
    List<String> words =
        new ArrayList<>(List.of("--keygen", "--key-type", "AES:" + bits / 8, "--label", name));
    words.addAll(List.of(protection));
    tool(words.toArray(String[]::new));
  }

  /** A key for no cipher. */
  void makeSecret(String name) throws Exception {
    tool("--keygen", "--key-type", "GENERIC:32", "--label", name, "--sensitive");
  }

  /** For vectors: a key that was not made in the token. */
  public void importKey(String name, byte[] key) throws Exception {
    Path file = Files.write(Files.createTempFile("key", ".bin"), key);
    tool(
        "--write-object",
        file.toString(),
        "--type",
        "secrkey",
        "--key-type",
        "AES:" + key.length,
        "--usage-decrypt",
        "--label",
        name);
    Files.delete(file);
  }

  public void deleteKey(String name) throws Exception {
    tool("--delete-object", "--type", "secrkey", "--label", name);
  }

  public void deleteKeyIfThere(String name) throws Exception {
    if (tool("--list-objects", "--type", "secrkey").contains(" " + name + "\n")) {
      deleteKey(name);
    }
  }

  private String tool(String... words) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "pkcs11-tool",
                "--module",
                LIBRARY.toString(),
                "--token-label",
                label,
                "--login",
                "--pin",
                PIN));
    command.addAll(List.of(words));
    return run(command.toArray(String[]::new));
  }

  static synchronized String run(String... command) throws IOException, InterruptedException {
    try (FileChannel lock =
            FileChannel.open(LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = lock.lock()) {
      assertThat(held.isValid()).isTrue();
      return runAlone(command);
    }
  }

  private static String runAlone(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).as(command[0]).isTrue();
    assertThat(process.exitValue()).as(String.join(" ", command) + ": " + said).isZero();
    return said;
  }
}
