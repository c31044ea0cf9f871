package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import io.cassandratde.e2e.cql.Sessions;
import io.cassandratde.e2e.files.SealedFiles;
import io.cassandratde.e2e.kmip.Stores;
import io.cassandratde.e2e.node.CassandraNode;
import io.cassandratde.e2e.process.Ran;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code shred} drops its keyspace at a node that lets in nobody but roles, and those over TLS. */
@Tag("soak")
@ExtendWith(SharedTestBed.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ShredLoginTest {

  private static final int UNREACHABLE = 4;
  private static final int REFUSED = 6;
  private static final int TLS = 8;
  private static final String KEYSPACE = "shred_login";

  private final TestBed bed;
  private final CassandraNode node;
  private final Stores elsewhere;
  private final Stores here;
  private final Path keystore;

  ShredLoginTest(TestBed bed) throws IOException {
    this.bed = bed;
    node = CassandraNode.prepare(bed.setup("shred-login", bed.config(), true));
    Path directory = Files.createDirectories(node.directory().resolve("stores"));
    elsewhere = Stores.create(directory.resolve("elsewhere"));
    here = Stores.create(directory.resolve("here"), "CQL CA", Duration.ofDays(7), node.address());
    keystore = Files.copy(elsewhere.internodeKeystore(), directory.resolve("server.p12"));
    node.useYaml(
            EbtiFormatTest.YAML
                + """
                authenticator: PasswordAuthenticator
                authorizer: CassandraAuthorizer
                client_encryption_options:
                  enabled: true
                  optional: false
                  keystore: %s
                  keystore_password: %s
                  store_type: PKCS12
                """
                    .formatted(keystore, Stores.PASSWORD))
        .useJvmOptions(List.of("-Dcassandra.superuser_setup_delay_ms=0"))
        .useLogin(this::superuser);
    node.start();
  }

  @AfterAll
  void stop() {
    node.close();
  }

  private CqlSession superuser(String host) {
    return Sessions.open(host, 9042, trusting(elsewhere), "cassandra", "cassandra");
  }

  private static SSLContext trusting(Stores stores) {
    try (InputStream in = Files.newInputStream(stores.truststore())) {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(in, Stores.PASSWORD.toCharArray());
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private Ran shred(Map<String, String> environment, String... more) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "shred",
                "--keyspace",
                KEYSPACE,
                "--clear-snapshots",
                "--cql-contact",
                node.address(),
                "--attest",
                "all",
                "--yes",
                "--confirm",
                KEYSPACE,
                "--state",
                node.directory().resolve("shred.json").toString(),
                "-p",
                String.valueOf(node.jmxPort())));
    line.addAll(List.of(more));
    return bed.distribution().cassandraTde(bed.config(), environment, line.toArray(String[]::new));
  }

  private Ran shredOverTls(Stores trusted, String role, String password) throws IOException {
    return shred(
        Map.of("TDE_CQL_PASSWORD", password),
        "--cql-ssl",
        "--ssl-properties",
        properties(trusted),
        "--cql-user",
        role);
  }

  /** As nodetool has them. */
  private static String properties(Stores trusted) throws IOException {
    return Files.writeString(
            trusted.directory().resolve("ssl.properties"),
            "-Djavax.net.ssl.trustStore=%s\n-Djavax.net.ssl.trustStorePassword=%s\n"
                .formatted(trusted.truststore(), Stores.PASSWORD))
        .toString();
  }

  private void refused(Ran ran, int exit, String... words) {
    assertThat(ran.exit()).as("%s", ran).isEqualTo(exit);
    assertThat(ran.err()).contains("no key was touched").contains(words);
  }

  @Test
  void as_a_role_that_may_and_no_other_and_only_to_a_node_whose_certificate_is_trusted()
      throws IOException {
    node.execute(
        "CREATE KEYSPACE "
            + KEYSPACE
            + " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
    String table = KEYSPACE + ".t";
    node.execute(
        "CREATE TABLE "
            + table
            + " "
            + Rows.COLUMNS
            + " WITH "
            + Encryption.lz4("dev", KEYSPACE).options());
    Rows rows = new Rows(table).insert(node.cql(), 100);
    node.jmx().flush(KEYSPACE);
    String key =
        SealedFiles.of(bed.distribution(), node.dataFiles(KEYSPACE, "t").toArray(Path[]::new))
            .onlyKeyId();
    for (String role : List.of("reader", "shredder")) {
      node.execute("CREATE ROLE " + role + " WITH LOGIN = true AND PASSWORD = 'secret word'");
    }
    node.execute("GRANT SELECT ON KEYSPACE " + KEYSPACE + " TO reader");
    node.execute("GRANT DROP ON KEYSPACE " + KEYSPACE + " TO shredder");

    refused(shred(Map.of()), UNREACHABLE, "--cql-ssl");
    refused(shred(Map.of(), "--cql-ssl"), TLS, "TLS: ", "--ssl-properties");
    refused(
        shredOverTls(elsewhere, "shredder", "secret word"),
        TLS,
        "TLS: No subject alternative names matching IP address " + node.address());
    Files.move(
        Files.copy(here.internodeKeystore(), keystore.resolveSibling("new.p12")),
        keystore,
        StandardCopyOption.REPLACE_EXISTING);
    node.nodetool("reloadssl").orFail();
    refused(shredOverTls(here, "shredder", "another word"), REFUSED, "--cql-user");
    refused(shredOverTls(here, "reader", "secret word"), REFUSED, "reader has no DROP");
    rows.assertAllRead(node.cql());
    assertThat(state(key)).contains("Active");

    Path password = node.directory().resolve("cql-password");
    Files.writeString(password, "shredder secret word\n");
    Ran done =
        shred(
            Map.of(),
            "--cql-ssl",
            "--ssl-properties",
            properties(here),
            "--cql-user",
            "shredder",
            "--cql-password-file",
            password.toString());
    assertThat(done.exit()).as("%s", done).isZero();
    assertThat(done.toString()).doesNotContain("secret word");
    assertThat(state(key)).doesNotContain("Active", "Deactivated");
    assertThat(Files.readString(node.directory().resolve("shred.json")))
        .doesNotContain("secret word");
  }

  private String state(String key) {
    return bed.dsetool("managekmip", "list", "dev")
        .orFail()
        .out()
        .lines()
        .filter(line -> line.startsWith(key))
        .findFirst()
        .orElse("gone");
  }
}
