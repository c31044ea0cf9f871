package io.cassandratde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.e2e.process.Distribution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/**
 * What operators drop into Cassandra's lib/: ours, complete, and nothing that could meet another
 * version of itself there.
 */
class ServerJarTest {

  private final Distribution distribution = Distribution.built();
  private final Set<String> ours = classes(distribution.serverJar());

  @Test
  void holds_nothing_that_cassandra_ships() throws IOException {
    String classPath =
        Files.readString(Path.of(System.getProperty("tde.cassandra.classpath"))).strip();
    Set<String> shipped = new TreeSet<>();
    for (String jar : classPath.split(":", -1)) {
      shipped.addAll(classes(Path.of(jar)));
    }

    assertThat(shipped).contains("org/apache/cassandra/io/compress/LZ4Compressor.class");
    Set<String> both = new TreeSet<>(ours);
    both.retainAll(shipped);
    assertThat(both).isEmpty();
  }

  @Test
  void holds_our_packages_only() {
    assertThat(ours)
        .allMatch(
            name ->
                name.startsWith("io/cassandratde/")
                    || name.startsWith("org/apache/cassandra/io/compress/Encrypt")
                    || name.startsWith("org/apache/cassandra/service/paxos/uncommitted/PaxosMerge")
                    || name.equals(
                        "org/apache/cassandra/service/paxos/uncommitted/package-info.class")
                    || name.startsWith("org/apache/cassandra/io/compress/package-info")
                    || name.startsWith("org/apache/cassandra/io/sstable/format/bti/Ebti")
                    || name.startsWith("org/apache/cassandra/io/sstable/format/bti/package-info")
                    || name.startsWith("com/datastax/bdp/cassandra/crypto/"));
  }

  @Test
  void holds_no_development_server_and_no_command_line() {
    assertThat(ours)
        .noneMatch(name -> name.contains("devserver"))
        .noneMatch(name -> name.startsWith("io/cassandratde/tools"));
    assertThat(ours)
        .contains(
            "org/apache/cassandra/io/compress/EncryptingLZ4Compressor.class",
            "com/datastax/bdp/cassandra/crypto/Encryptor.class",
            "io/cassandratde/kmip/KmipClient.class");
  }

  @Test
  void the_distribution_holds_what_the_readme_names() {
    for (String name :
        List.of(
            "bin/cassandra-tde", "bin/dsetool", "conf/dse-style.yaml.example", "lib", "server")) {
      assertThat(distribution.directory().resolve(name)).exists();
    }
    assertThat(distribution.directory().resolve("bin/dsetool")).isExecutable();
  }

  private static Set<String> classes(Path jar) {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      Set<String> names = new TreeSet<>();
      zip.stream()
          .map(entry -> entry.getName().replaceFirst("^META-INF/versions/\\d+/", ""))
          .filter(name -> name.endsWith(".class") && !name.equals("module-info.class"))
          .forEach(names::add);
      return names;
    } catch (IOException e) {
      throw new AssertionError(jar.toString(), e);
    }
  }
}
