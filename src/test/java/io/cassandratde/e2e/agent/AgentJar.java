package io.cassandratde.e2e.agent;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import net.bytebuddy.ByteBuddy;

/** Packs this package as an agent, from the classes of the running test. */
public final class AgentJar {

  private AgentJar() {}

  /**
   * Makes the jar.
   *
   * @return the option that loads it into a JVM
   */
  public static String option(Path jar, Path control) {
    try {
      write(jar);
      return "-javaagent:" + jar + "=" + control;
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException("cannot make " + jar, e);
    }
  }

  private static void write(Path jar) throws IOException, URISyntaxException {
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.putValue("Premain-Class", Agent.class.getName());
    main.putValue(
        "Class-Path",
        ByteBuddy.class.getProtectionDomain().getCodeSource().getLocation().toString());
    Path classes = Path.of(Agent.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path folder = classes.resolve(Agent.class.getPackageName().replace('.', '/'));
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream to = new JarOutputStream(out, manifest);
        Stream<Path> all = Files.list(folder)) {
      for (Path file : all.sorted().toList()) {
        to.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        Files.copy(file, to);
        to.closeEntry();
      }
    }
  }
}
