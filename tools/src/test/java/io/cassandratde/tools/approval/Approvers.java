package io.cassandratde.tools.approval;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.TestSession;
import io.cassandratde.tools.command.KmipFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Alice and Bob, who must both agree, and Mallory, who has a key that nobody enrolled. */
public final class Approvers {

  public static final String PASSPHRASE = "correct horse 7";

  private final Path keys;
  private final StringBuilder enrolled = new StringBuilder();

  private static @Nullable Approvers made;

  /** The same ones for all tests: a key of a passphrase takes its time. */
  public static synchronized Approvers get() {
    Approvers all = made;
    if (all == null) {
      try {
        all = new Approvers(Files.createTempDirectory(Path.of("target"), "approvers"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      made = all;
    }
    return all;
  }

  private Approvers(Path keys) {
    this.keys = keys;
    TestSession owner = new TestSession().piping(PASSPHRASE + "\n");
    for (String name : List.of("alice", "bob", "mallory")) {
      assertThat(owner.run("approve", "--new-key", name, "--key-file", keyFile(name)))
          .as(owner.err())
          .isEqualTo(ExitCode.OK);
      String line = owner.out().lines().filter(l -> l.startsWith(name + ": ")).findFirst().get();
      if (!name.equals("mallory")) {
        enrolled.append("    ").append(line).append('\n');
      }
    }
  }

  String keyFile(String name) {
    return keys.resolve(name + ".pem").toString();
  }

  /** For a configuration that is closed to others: two of them must agree. */
  public String section() {
    return "approvals:\n  required: 2\n  approvers:\n" + enrolled;
  }

  /** Two of them must agree to what is destroyed from now on; it is recorded. */
  public void require(KmipFixture kmip, Path audit) throws Exception {
    kmip.configureToo("audit: {file: " + audit + "}\n" + section());
    Files.setPosixFilePermissions(
        kmip.configuration(), PosixFilePermissions.fromString("rw-------"));
    kmip.session().piping(PASSPHRASE + "\n");
  }

  ExitCode sign(TestSession session, Path request, String name, String withKeyOf, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of("approve", request.toString(), "--as", name, "--key-file", keyFile(withKeyOf)));
    words.addAll(List.of(more));
    return session.run(words.toArray(String[]::new));
  }

  /** All of these have agreed. */
  public void approve(TestSession session, Path request, String... names) {
    for (String name : names) {
      assertThat(sign(session, request, name, name, "--yes"))
          .as(session.err())
          .isEqualTo(ExitCode.OK);
    }
  }
}
