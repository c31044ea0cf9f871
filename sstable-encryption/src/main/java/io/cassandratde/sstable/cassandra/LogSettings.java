package io.cassandratde.sstable.cassandra;

import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.config.EncryptionOptions;
import io.cassandratde.sstable.format.log.LogFileScanner;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.cassandra.config.DatabaseDescriptor;
import org.apache.cassandra.config.EncryptionOptions.ServerEncryptionOptions.InternodeEncryption;
import org.apache.cassandra.config.ParameterizedClass;
import org.apache.cassandra.security.EncryptionContext;
import org.jspecify.annotations.Nullable;

/** What cassandra.yaml says of commit log and hints. */
public final class LogSettings {

  private static final String COMMIT_LOG = "commitlog_compression";
  private static final String HINTS = "hints_compression";

  private LogSettings() {}

  /**
   * Makes texts of numbers among the parameters of our classes, before Cassandra meets them: of
   * {@code secret_key_strength: 256} it says nothing but ClassCastException.
   */
  public static void acceptNumbers() {
    if (isOurs(commitLog())) {
      DatabaseDescriptor.setCommitLogCompression(ofTexts(commitLog()));
    }
    if (isOurs(hints())) {
      DatabaseDescriptor.setHintsCompression(ofTexts(hints()));
    }
  }

  private static @Nullable ParameterizedClass ofTexts(@Nullable ParameterizedClass line) {
    if (line == null || line.parameters == null) {
      return line;
    }
    Map<String, String> texts = new LinkedHashMap<>();
    for (Map.Entry<?, ?> parameter : ((Map<?, ?>) line.parameters).entrySet()) {
      texts.put(String.valueOf(parameter.getKey()), String.valueOf(parameter.getValue()));
    }
    return new ParameterizedClass(line.class_name, texts);
  }

  /**
   * Refuses a combination in which Cassandra would not use the compressor that the file names, and
   * keys that logs cannot be sealed by.
   *
   * @throws KeyConfigException with the remedy
   */
  static void check() {
    requireKeysOfTheirOwn(COMMIT_LOG, commitLog());
    requireKeysOfTheirOwn(HINTS, hints());
    EncryptionContext cassandras = DatabaseDescriptor.getEncryptionContext();
    if (cassandras != null && cassandras.isEnabled() && isOurs(commitLog())) {
      throw new KeyConfigException(
          "transparent_data_encryption_options is enabled and would take the place of "
              + COMMIT_LOG
              + " (AES-CBC with one IV per segment, not authenticated): disable it in cassandra.yaml");
    }
  }

  /**
   * The table of replicated keys is itself in the commit log that is replayed before anybody can
   * read it (docs/RULES.md R26); and blocks of a log are sealed by the key itself, which a token
   * does not give out.
   */
  private static void requireKeysOfTheirOwn(String option, @Nullable ParameterizedClass line) {
    if (line == null || !isOurs(line)) {
      return;
    }
    KeySpec spec = spec(line);
    String why =
        switch (spec.provider()) {
          case KMIP, LOCAL -> null;
          case REPLICATED ->
              "replicated keys, which are in a table that is itself in the commit log"
                  + " (ReplicatedKeyProviderFactory; it is the default where no provider is named)";
          case PKCS11 -> "keys of a token, which seal SSTables of format ebti alone";
        };
    if (why != null) {
      throw new KeyConfigException(
          option
              + " in cassandra.yaml names "
              + why
              + ": give it the parameters {key_provider: KmipKeyProviderFactory, kmip_host: <group>}"
              + " or {key_provider: LocalFileSystemKeyProviderFactory, secret_key_file: <key file>}");
    }
  }

  private static KeySpec spec(ParameterizedClass line) {
    return EncryptionOptions.parse(line.parameters == null ? Map.of() : line.parameters).spec();
  }

  /** Key specs that commit log and hints are sealed by. */
  static Set<KeySpec> specs() {
    Set<KeySpec> specs = new LinkedHashSet<>();
    for (ParameterizedClass line : new ParameterizedClass[] {commitLog(), hints()}) {
      if (line != null && isOurs(line)) {
        specs.add(spec(line));
      }
    }
    return specs;
  }

  /** For the log of a node that encrypts: what of it reaches disk or network in clear. */
  static List<String> warnings() {
    List<String> plain = new ArrayList<>();
    if (!isOurs(commitLog())) {
      plain.add(COMMIT_LOG);
    }
    if (!isOurs(hints())) {
      plain.add(HINTS);
    }
    List<String> warnings = new ArrayList<>();
    if (!plain.isEmpty()) {
      warnings.add(
          "PLAINTEXT: what is written to encrypted tables also reaches the disk in "
              + (plain.contains(COMMIT_LOG) ? "the commit log (and cdc_raw)" : "")
              + (plain.size() == 2 ? " and in " : "")
              + (plain.contains(HINTS) ? "hints" : "")
              + ", in clear. Remedy, in cassandra.yaml: `"
              + String.join("` and `", plain)
              + "`, each `[{class_name: EncryptingLZ4Compressor, parameters: [{key_provider: KmipKeyProviderFactory,"
              + " kmip_host: <group>}]}]`");
    }
    InternodeEncryption internode =
        DatabaseDescriptor.getInternodeMessagingEncyptionOptions().internode_encryption;
    if (isOurs(hints()) && internode == InternodeEncryption.none) {
      warnings.add(
          "PLAINTEXT: hints are encrypted on disk and travel to other nodes in clear, as all data does without"
              + " server_encryption_options.internode_encryption");
    }
    return warnings;
  }

  private static @Nullable ParameterizedClass commitLog() {
    return DatabaseDescriptor.getCommitLogCompression();
  }

  private static @Nullable ParameterizedClass hints() {
    return DatabaseDescriptor.getHintsCompression();
  }

  private static boolean isOurs(@Nullable ParameterizedClass line) {
    return line != null && line.class_name != null && LogFileScanner.isOurs(line.class_name);
  }
}
