package io.cassandratde.tools.shred;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.command.KmipFixture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** That a statement is carried out is for the end-to-end tests to show. */
@Timeout(300)
class CqlDropTest {

  private final Path directory;

  CqlDropTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void a_certificate_that_is_not_trusted_is_told_as_such() throws Exception {
    try (KmipFixture tls = new KmipFixture(directory)) {
      InetSocketAddress contact =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), tls.server().port());
      Drop drop = new CqlDrop(new CqlAccess(List.of(contact), null, null, true));
      assertThatThrownBy(() -> drop.keyspace("ks"))
          .isInstanceOfSatisfying(
              CommandFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.TLS))
          .hasMessageContaining("no key was touched")
          .hasMessageContaining("TLS: ")
          .hasMessageContaining("--ssl-properties");
    }
  }
}
