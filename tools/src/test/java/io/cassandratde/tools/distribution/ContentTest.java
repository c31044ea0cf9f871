package io.cassandratde.tools.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.tools.BashCompletion;
import io.cassandratde.tools.CommandTree;
import io.cassandratde.tools.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** What {@code mvn package} leaves behind. */
class ContentTest {
  private static final Path SERVER_JAR =
      Run.HOME.resolve("server/cassandra-tde-" + Version.current() + ".jar");

  @Test
  void all_parts_are_there() {
    for (String file :
        List.of(
            "LICENSE",
            "README.md",
            "bin/cassandra-tde",
            "bin/dsetool",
            "completion/cassandra-tde.bash",
            "conf/dse-style.yaml.example",
            "conf/grafana-dashboard.json",
            "conf/prometheus-rules.yaml")) {
      assertThat(Run.HOME.resolve(file)).isNotEmptyFile();
    }
    assertThat(SERVER_JAR).isNotEmptyFile();
  }

  @Test
  void scripts_are_executable() throws IOException {
    for (String script : List.of("bin/cassandra-tde", "bin/dsetool")) {
      assertThat(Files.getPosixFilePermissions(Run.HOME.resolve(script)))
          .contains(PosixFilePermission.OWNER_EXECUTE, PosixFilePermission.OTHERS_EXECUTE);
    }
  }

  @Test
  void no_class_stands_twice_in_lib_and_none_is_cassandras() throws IOException {
    Map<String, List<String>> where = new TreeMap<>();
    try (Stream<Path> jars = Files.list(Run.HOME.resolve("lib"))) {
      for (Path jar : jars.toList()) {
        for (String name : classes(jar)) {
          where.computeIfAbsent(name, n -> new ArrayList<>()).add(jar.getFileName().toString());
        }
      }
    }
    assertThat(where).containsKey("io/cassandratde/tools/Main.class");
    where.values().removeIf(list -> list.size() == 1 && !list.get(0).startsWith("cassandra-all"));
    assertThat(where).isEmpty();
  }

  @Test
  void the_server_jar_has_the_compressors_and_neither_tools_nor_dev_server() throws IOException {
    assertThat(classes(SERVER_JAR))
        .contains(
            "org/apache/cassandra/io/compress/EncryptingLZ4Compressor.class",
            "org/apache/cassandra/io/compress/Encryptor.class")
        .noneMatch(name -> name.startsWith("io/cassandratde/tools/"))
        .noneMatch(name -> name.contains("/devserver/"))
        .noneMatch(name -> name.startsWith("org/slf4j/") || name.startsWith("org/yaml/"));
  }

  @Test
  void the_archive_holds_the_same_files() throws Exception {
    String base = "cassandra-tde-" + Version.current();
    Run tar = Run.of("tar", "tzf", "../" + base + ".tar.gz");
    assertThat(tar.exit()).as(tar.err()).isZero();
    TreeSet<String> archived =
        tar.out()
            .lines()
            .filter(l -> !l.endsWith("/"))
            .map(l -> l.substring(base.length() + 1))
            .collect(Collectors.toCollection(TreeSet::new));
    try (Stream<Path> files = Files.walk(Run.HOME)) {
      assertThat(archived)
          .isEqualTo(
              files
                  .filter(Files::isRegularFile)
                  .map(f -> Run.HOME.relativize(f).toString())
                  .collect(Collectors.toCollection(TreeSet::new)));
    }
  }

  @Test
  void the_archive_has_fixed_times_and_owners_so_that_two_builds_are_alike() throws Exception {
    Run tar =
        Run.of(
            "tar",
            "tzvf",
            "../cassandra-tde-" + Version.current() + ".tar.gz",
            "--utc",
            "--numeric-owner");
    assertThat(tar.out().lines()).isNotEmpty().allMatch(l -> l.contains(" 0/0 "));
    assertThat(tar.out().lines()).allMatch(l -> l.contains(" 2026-11-23 00:00 "));
  }

  /**
   * Update with: tools/target/cassandra-tde/bin/cassandra-tde completion > tools/src/main/dist/….
   */
  @Test
  void the_completion_file_is_what_the_command_prints() throws IOException {
    assertThat(Run.HOME.resolve("completion/cassandra-tde.bash"))
        .hasContent(BashCompletion.script(CommandTree.build("cassandra-tde").getMetadata()));
  }

  private static List<String> classes(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.stream()
          .map(ZipEntry::getName)
          .filter(n -> n.endsWith(".class"))
          .filter(n -> !n.startsWith("META-INF/") && !n.endsWith("module-info.class"))
          .toList();
    }
  }
}
