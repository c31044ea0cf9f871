package io.cassandratde.tools.export;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cassandratde.keys.replicated.DataKeyRow;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.output.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The JSON around exported data keys: version 1 has them wrapped by master keys, version 2 sealed
 * under a passphrase.
 */
public final class ExportFile {

  static final int WRAPPED = 1;
  static final int SEALED = 2;

  private static final String FORMAT = "cassandra-tde-key-export";

  /** Far above what a cluster has, and below what a machine's memory takes ill. */
  private static final long MOST_BYTES = 64L << 20;

  private final Path file;
  private final JsonNode tree;
  private final int version;

  private ExportFile(Path file, JsonNode tree, int version) {
    this.file = file;
    this.tree = tree;
    this.version = version;
  }

  /**
   * Reads one of either version.
   *
   * @throws CommandFailure it is none
   */
  public static ExportFile read(Path file) throws CommandFailure, IOException {
    if (Files.size(file) > MOST_BYTES) {
      throw no(file, "it is longer than %d bytes".formatted(MOST_BYTES));
    }
    JsonNode tree;
    try {
      tree =
          new ObjectMapper()
              .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
              .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
              .readTree(file.toFile());
    } catch (com.fasterxml.jackson.core.JacksonException e) {
      throw no(file, "it is no JSON");
    }
    if (!tree.path("format").asText().equals(FORMAT)) {
      throw no(file, "it does not say " + FORMAT);
    }
    int version = tree.path("version").asInt();
    if (version != WRAPPED && version != SEALED) {
      throw no(
          file,
          "it is of version %s, neither %d nor %d"
              .formatted(tree.path("version").asText(), WRAPPED, SEALED));
    }
    return new ExportFile(file, tree, version);
  }

  public boolean isSealed() {
    return version == SEALED;
  }

  JsonNode tree() {
    return tree;
  }

  CommandFailure no(String why) {
    return no(file, why);
  }

  private static CommandFailure no(Path file, String why) {
    return new CommandFailure(
        ExitCode.CONFIGURATION, "%s is no export of data keys: %s".formatted(file, why));
  }

  static Map<String, @Nullable Object> head(int version, String cluster, String exportedAt) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("format", FORMAT);
    tree.put("version", version);
    tree.put("cluster", cluster);
    tree.put("exported_at", exportedAt);
    return tree;
  }

  /** What people want to know of a key. */
  static Map<String, @Nullable Object> key(DataKeyRow row) {
    Map<String, @Nullable Object> entry = new LinkedHashMap<>();
    entry.put("key", row.keyId().toString());
    entry.put("master", row.line().master());
    entry.put("namespace", row.line().namespace());
    entry.put("bits", row.line().cipher().bits());
    entry.put("version", row.version());
    entry.put("state", row.state().name());
    return entry;
  }

  /** A new file, for its owner alone, on the disk when this returns. */
  static void write(Path file, Map<String, @Nullable Object> tree) throws IOException {
    var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    try (var out =
        Files.newByteChannel(
            file,
            Set.of(
                StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SYNC),
            owner)) {
      var left = ByteBuffer.wrap((Json.of(tree) + "\n").getBytes(StandardCharsets.UTF_8));
      while (left.hasRemaining()) {
        out.write(left);
      }
    }
  }
}
