package io.cassandratde.sstable.cassandra.ebti;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All that our classes need of Cassandra, on the version that they are built for and on others. */
class CassandraShapeTest {

  /** Regenerate it with this text when an override comes or goes. */
  @Test
  void the_list_of_overridden_methods_is_what_is_overridden() throws Exception {
    try (InputStream stored = CassandraShape.class.getResourceAsStream(CassandraShape.OVERRIDES)) {
      assertThat(new String(Objects.requireNonNull(stored).readAllBytes(), UTF_8).lines())
          .containsExactlyElementsOf(CassandraShape.overrides());
    }
    assertThat(CassandraShape.overrides()).hasSizeGreaterThan(60);
  }

  @Test
  void this_cassandra_fits() throws Exception {
    assertThat(CassandraShape.differences()).isEmpty();
  }

  /** Of another version, with the libraries of this one, in a class loader of its own. */
  private static Set<?> differencesOn(Path cassandra, String hidden) throws Exception {
    List<URL> path = new ArrayList<>(List.of(cassandra.toUri().toURL()));
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (!entry.contains("cassandra-all-")) {
        path.add(Path.of(entry).toUri().toURL());
      }
    }
    try (URLClassLoader loader =
        new URLClassLoader(path.toArray(new URL[0]), ClassLoader.getPlatformClassLoader()) {
          @Override
          protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.equals(hidden)) {
              throw new ClassNotFoundException(name);
            }
            return super.findClass(name);
          }
        }) {
      Method differences =
          loader.loadClass(CassandraShape.class.getName()).getDeclaredMethod("differences");
      differences.setAccessible(true);
      return (Set<?>) Objects.requireNonNull(differences.invoke(null));
    }
  }

  private static Path jar(String version) {
    Path jars = Path.of(System.getProperty("tde.cassandras", "target/cassandras"));
    return jars.resolve("cassandra-all-" + version + ".jar");
  }

  /** The jars are from Maven Central; pom.xml names the versions. */
  @ParameterizedTest
  @ValueSource(strings = {"5.0.0", "5.0.9"})
  void the_oldest_and_the_newest_release_fit(String version) throws Exception {
    assertThat(differencesOn(jar(version), "")).isEmpty();
  }

  @Test
  void what_is_not_there_is_named() throws Exception {
    String hidden = "org.apache.cassandra.io.sstable.metadata.MetadataSerializer";
    assertThat(differencesOn(jar("5.0.9"), hidden))
        .anySatisfy(line -> assertThat(line).asString().contains("class " + hidden));
  }
}
