package io.cassandratde.sstable;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The arrows of docs/DESIGN.md, and the house rules on sizes and names. */
class ArchitectureTest {

  private static final String CASSANDRA = "org.apache.cassandra..";
  private static final int MOST_LINES = 400;
  private static final Set<String> NO_PACKAGE =
      Set.of("util", "utils", "common", "impl", "helper", "helpers");

  private static final JavaClasses PRODUCT =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("io.cassandratde", "com.datastax.bdp");

  @Test
  void sees_all_three_modules() {
    for (String root : List.of("kmip", "keys", "sstable.format", "sstable.cassandra")) {
      assertThat(PRODUCT).anyMatch(c -> c.getPackageName().startsWith("io.cassandratde." + root));
    }
  }

  @Test
  void kmip_client_knows_the_jdk_only() {
    noClasses()
        .that()
        .resideInAPackage("io.cassandratde.kmip..")
        .and()
        .resideOutsideOfPackage("io.cassandratde.kmip.devserver..")
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages(
            "io.cassandratde.kmip..", "java..", "javax..", "org.jspecify..", "org.slf4j..")
        .check(PRODUCT);
  }

  @Test
  void keycache_knows_nothing_above_it_and_no_cassandra() {
    noClasses()
        .that()
        .resideInAPackage("io.cassandratde.keys..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.cassandratde.sstable..", "io.cassandratde.tools..", "com.datastax..", CASSANDRA)
        .check(PRODUCT);
  }

  /** And Jackson, for the JSON in the headers of Cassandra's logs. */
  @Test
  void the_format_knows_keys_and_the_jdk_only() {
    classes()
        .that()
        .resideInAPackage("io.cassandratde.sstable.format..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.cassandratde.sstable.format..",
            "io.cassandratde.keys",
            "java..",
            "javax.crypto..",
            "com.fasterxml.jackson..",
            "org.jspecify..")
        .check(PRODUCT);
  }

  @Test
  void the_inventory_of_files_knows_the_format_and_keys_only() {
    classes()
        .that()
        .resideInAPackage("io.cassandratde.sstable.inventory..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.cassandratde.sstable.inventory..",
            "io.cassandratde.sstable.format..",
            "io.cassandratde.keys",
            "io.cassandratde.keys.replicated",
            "java..",
            "org.jspecify..")
        .check(PRODUCT);
  }

  @Test
  void only_the_cassandra_package_and_the_shims_import_cassandra() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.cassandratde.sstable.cassandra..", "com.datastax.bdp.cassandra.crypto..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(CASSANDRA)
        .check(PRODUCT);
  }

  @Test
  void nothing_here_knows_the_tools() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.cassandratde.tools..")
        .check(PRODUCT);
  }

  private static List<Path> sources() throws IOException {
    Path root = Path.of(Objects.requireNonNullElse(System.getProperty("tde.root"), ".."));
    List<Path> sources = new ArrayList<>();
    for (String module : List.of("kmip-client", "keycache", "sstable-encryption", "tools", "src")) {
      try (Stream<Path> files = Files.walk(root.resolve(module))) {
        files
            .filter(f -> f.toString().endsWith(".java") && !f.toString().contains("/target/"))
            .forEach(sources::add);
      }
    }
    return sources;
  }

  @Test
  void no_java_file_is_longer_than_the_limit() throws Exception {
    List<Path> sources = sources();
    assertThat(sources).hasSizeGreaterThan(50);
    for (Path source : sources) {
      assertThat(Files.readAllLines(source).size())
          .as(source.toString())
          .isLessThanOrEqualTo(MOST_LINES);
    }
  }

  @Test
  void no_package_has_a_name_that_says_nothing() throws Exception {
    for (Path source : sources()) {
      for (Path part : source) {
        assertThat(NO_PACKAGE).as(source.toString()).doesNotContain(part.toString());
      }
    }
  }

  @Test
  void every_package_says_what_it_is_for() throws Exception {
    for (Path source : sources()) {
      if (source.toString().contains("/src/main/java/")) {
        assertThat(source.resolveSibling("package-info.java")).as(source.toString()).exists();
      }
    }
  }
}
