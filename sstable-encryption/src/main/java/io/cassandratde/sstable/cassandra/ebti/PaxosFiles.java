package io.cassandratde.sstable.cassandra.ebti;

import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.config.EncryptionPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.cassandra.config.DatabaseDescriptor;
import org.apache.cassandra.io.util.File;
import org.jspecify.annotations.Nullable;

/**
 * The files in {@code system/_paxos_repair_state}, which name the partition keys of unfinished
 * lightweight transactions: each generation of a table's is a page file and its checksums another,
 * under a carrier of its own beside them. They are protected with the system keyspaces, since
 * system.paxos holds the same.
 *
 * <p>A file without a carrier was written before and is read as it is; Cassandra merges it into a
 * new one before long.
 */
final class PaxosFiles {

  private static final Pattern FILE =
      Pattern.compile(".+-([0-9a-f-]{36})-(\\d+)\\.paxos(\\.crc)?(\\.tmp)?");
  private static final String TEMPORARY = ".tmp";
  private static final String CARRIER = "Encryption-%s.paxos-carrier";

  /** Cassandra must not take it for a file of its own: the name has no {@code -<generation>.}. */
  private static final Pattern CARRIERS = Pattern.compile("Encryption-(.+_\\d+)\\.paxos-carrier");

  private final @Nullable KeySpec spec;
  private final Map<Path, ComponentKeys> keys = new ConcurrentHashMap<>();

  private PaxosFiles(@Nullable KeySpec spec) {
    this.spec = spec;
  }

  /**
   * In a daemon, from now on: seals where the policy protects the system keyspaces, and opens what
   * an earlier policy had sealed.
   */
  static void protect(EncryptionPolicy policy) {
    if (DatabaseDescriptor.isDaemonInitialized()) {
      KeySpec spec = policy.defaultKeyOf("system", true);
      CassandraInternals.trackPaxosIn(directory -> within(directory, spec));
    }
  }

  /**
   * The directory, its files opened through encryption; empty where none is or will be sealed.
   *
   * @param spec whose key seals what is written; null: it is written in clear
   */
  static Optional<File> within(File directory, @Nullable KeySpec spec) {
    try {
      boolean sealed = removeOrphans(directory.toPath());
      return spec == null && !sealed
          ? Optional.empty()
          : Optional.of(EncryptedDirectory.file(directory.toPath(), new PaxosFiles(spec)::opener));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Removes carriers whose files a crash kept from being made, or deleted already.
   *
   * @return whether there are others
   */
  private static boolean removeOrphans(Path directory) throws IOException {
    boolean others = false;
    Set<String> needed = generations(directory);
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(directory, "Encryption-*.paxos-carrier")) {
      for (Path carrier : all) {
        Matcher name = CARRIERS.matcher(String.valueOf(carrier.getFileName()));
        if (name.matches() && !needed.contains(name.group(1))) {
          Files.deleteIfExists(carrier);
        } else {
          others = true;
        }
      }
    }
    return others;
  }

  /** Those of which there are files, which need their carrier. */
  private static Set<String> generations(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> FILE.matcher(String.valueOf(file.getFileName())))
          .filter(Matcher::matches)
          .map(PaxosFiles::generation)
          .collect(Collectors.toSet());
    }
  }

  /** Of a table, as it stands in the name of its carrier. */
  private static String generation(Matcher file) {
    return file.group(1) + '_' + file.group(2);
  }

  private EncryptedPath.Opener opener(Path file) {
    Matcher name = FILE.matcher(String.valueOf(file.getFileName()));
    return name.matches()
        ? new StateFile(file, generation(name))
        : options -> FileChannel.open(file, options); // of ballots, which are no content
  }

  private final class StateFile implements EncryptedPath.Opener {
    private final Path file;
    private final String generation;
    private final Path carrier;

    StateFile(Path file, String generation) {
      this.file = file;
      this.generation = generation;
      this.carrier = file.resolveSibling(CARRIER.formatted(generation));
    }

    @Override
    public FileChannel open(Set<StandardOpenOption> options) throws IOException {
      ComponentKeys own =
          keys.computeIfAbsent(carrier, path -> new ComponentKeys(path, () -> spec));
      boolean writes =
          options.contains(StandardOpenOption.WRITE) || options.contains(StandardOpenOption.APPEND);
      synchronized (own) {
        if (!Files.exists(carrier)) {
          if (!writes || spec == null) {
            return FileChannel.open(file, options);
          }
          own.begin(spec);
        }
      }
      if (!writes) {
        return EbtiRuntime.get()
            .pages()
            .read(
                file,
                component(),
                own::keysWith,
                damage -> EncryptedDirectory.damaged(file, damage));
      }
      try {
        ComponentKeys.Sealing sealing = own.sealing();
        return EbtiRuntime.get()
            .pages()
            .write(file, options, component(), sealing.keys(), sealing.keyId());
      } finally {
        own.finished(); // an open file has a key of its own
      }
    }

    /** Its name when it is finished. */
    private String component() {
      String name = String.valueOf(file.getFileName());
      return name.endsWith(TEMPORARY)
          ? name.substring(0, name.length() - TEMPORARY.length())
          : name;
    }

    @Override
    public void deleted() throws IOException {
      Path directory = file.toAbsolutePath().getParent();
      if (directory != null && !generations(directory).contains(generation)) {
        keys.remove(carrier);
        Files.deleteIfExists(carrier);
      }
    }
  }
}
