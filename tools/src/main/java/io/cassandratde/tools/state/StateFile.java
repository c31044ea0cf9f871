package io.cassandratde.tools.state;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.output.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A JSON file that is replaced as a whole; a lock beside it keeps other runs away. A link that lies
 * where either is written is not followed: its name can be guessed, and root may run this.
 */
public final class StateFile implements AutoCloseable {

  private final Path file;
  private final String format;
  private final int version;
  private final FileChannel channel;
  private final FileLock lock;

  private StateFile(Path file, String format, int version, FileChannel channel, FileLock lock) {
    this.file = file;
    this.format = format;
    this.version = version;
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * Takes the lock; reads and writes nothing yet.
   *
   * @param format the first word in the file, such as {@code cassandra-tde-rekey}
   * @param held what it means that another process has the lock
   * @throws CommandFailure another run has it
   */
  public static StateFile open(Path file, String format, int version, String held)
      throws CommandFailure, IOException {
    Path absolute = file.toAbsolutePath();
    FileChannel channel =
        FileChannel.open(
            absolute.resolveSibling(absolute.getFileName() + ".lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS);
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      channel.close();
      throw new CommandFailure(ExitCode.REFUSED, file + ".lock is held: " + held);
    }
    return new StateFile(absolute, format, version, channel, lock);
  }

  public Path path() {
    return file;
  }

  /** What an earlier run left; null: nothing. */
  public @Nullable JsonNode read() throws IOException, CommandFailure {
    if (!Files.exists(file)) {
      return null;
    }
    JsonNode tree;
    try {
      tree = new ObjectMapper().readTree(file.toFile());
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw broken("no JSON");
    }
    if (tree.path("version").asInt() != version || !tree.path("format").asText().equals(format)) {
      throw broken("no " + format + " of this release");
    }
    return tree;
  }

  private CommandFailure broken(String why) {
    return new CommandFailure(
        ExitCode.CONFIGURATION,
        file + " is " + why + ": move it away, and the run begins with what the nodes say");
  }

  /** Null where the field is no text. */
  public static @Nullable String text(JsonNode tree, String name) {
    return tree.path(name).isTextual() ? tree.path(name).asText() : null;
  }

  /** On the disk when this returns: the old content or the new one, whatever happens. */
  public void write(Map<String, ? extends @Nullable Object> content) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("format", format);
    tree.put("version", version);
    tree.putAll(content);
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    try {
      try (FileChannel out =
          FileChannel.open(
              temporary,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING,
              LinkOption.NOFOLLOW_LINKS)) {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(Json.of(tree) + "\n");
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        out.force(true);
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      Path directory = Objects.requireNonNull(file.getParent());
      try (FileChannel folder = FileChannel.open(directory, StandardOpenOption.READ)) {
        folder.force(true);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the state file " + file + " cannot be written", e);
    }
  }

  @Override
  public void close() throws IOException {
    lock.release();
    channel.close();
  }
}
