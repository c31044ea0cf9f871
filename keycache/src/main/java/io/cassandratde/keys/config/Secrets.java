package io.cassandratde.keys.config;

import io.cassandratde.keys.KeyException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Passwords in the configuration: plain, {@code {file: …}}, {@code {env: …}} or {@code ENC(…)}. */
final class Secrets {

  private final UnaryOperator<@Nullable String> environment;
  private final Path systemKeyDirectory;
  private final boolean plainRefused;
  private final Consumer<String> warnings;

  Secrets(
      UnaryOperator<@Nullable String> environment,
      Path systemKeyDirectory,
      boolean plainRefused,
      Consumer<String> warnings) {
    this.environment = environment;
    this.systemKeyDirectory = systemKeyDirectory;
    this.plainRefused = plainRefused;
    this.warnings = warnings;
  }

  /** Null when the option is absent. */
  char @Nullable [] read(YamlSection section, String key, String systemKeyName) {
    if (section.isMapping(key)) {
      return indirect(section, key).get();
    }
    String value = section.text(key);
    if (value == null) {
      return null;
    }
    if (ValueEncryption.isEncrypted(value)) {
      return decrypt(section, key, value, systemKeyName);
    }
    if (plainRefused) {
      throw section.wrong(
          key,
          "is a plain value although config_encryption_active is true",
          "replace it by what `cassandra-tde encryptconfigvalue` prints, by {file: …} or by {env: …}");
    }
    if (FileReaders.of(section.file()).others()) {
      warnings.accept(
          section.file()
              + " holds plain passwords and others may read it: chmod 600 it, or use encryptconfigvalue");
    }
    return value.toCharArray();
  }

  /**
   * A secret that is read anew at each use and kept nowhere, so it cannot stand in the file itself.
   * Null when the option is absent.
   */
  @Nullable Supplier<char[]> later(YamlSection section, String key, String systemKeyName) {
    if (section.isMapping(key)) {
      return indirect(section, key);
    }
    String value = section.text(key);
    if (value == null) {
      return null;
    }
    if (!ValueEncryption.isEncrypted(value)) {
      throw section.wrong(
          key,
          "is a plain value",
          "write {file: path} (mode 600, one line) or {env: NAME}, or what"
              + " `cassandra-tde encryptconfigvalue` prints");
    }
    return () -> decrypt(section, key, value, systemKeyName);
  }

  /** Where a secret that is not plain comes from, to tell whether that has changed. */
  static String origin(YamlSection section, String key) {
    YamlSection source = section.isMapping(key) ? section.section(key) : null;
    return source == null
        ? section.text(key, "")
        : "env " + source.text("env") + ", file " + source.text("file");
  }

  /** Where a secret comes from, for messages about a wrong one: never the secret itself. */
  static String source(YamlSection section, String key) {
    YamlSection source = section.isMapping(key) ? section.section(key) : null;
    if (source != null) {
      String variable = source.text("env");
      return key
          + (variable == null
              ? " from " + source.existingFile("file")
              : " from the environment variable " + variable);
    }
    String value = section.text(key);
    return key
        + (value != null && ValueEncryption.isEncrypted(value) ? ", an ENC value" : "")
        + " of "
        + section.file();
  }

  private char[] decrypt(YamlSection section, String key, String value, String systemKeyName) {
    try {
      return new ValueEncryption(systemKeyDirectory.resolve(systemKeyName)).decrypt(value);
    } catch (IllegalArgumentException e) {
      throw section.wrong(
          key,
          String.valueOf(e.getMessage()),
          "encrypt the value again with `cassandra-tde encryptconfigvalue`");
    } catch (KeyException e) {
      throw section.wrong(
          key,
          "cannot be decrypted: " + e.getMessage(),
          "check system_key_directory and config_encryption_key_name");
    }
  }

  private Supplier<char[]> indirect(YamlSection section, String key) {
    YamlSection source = section.section(key);
    if (source == null) {
      throw section.wrong(key, "has no value", "write {file: path} or {env: NAME}");
    }
    String variable = source.text("env");
    String file = source.text("file");
    source.finish();
    if ((variable == null) == (file == null)) {
      throw section.wrong(key, "names no source, or two", "write {file: path} or {env: NAME}");
    }
    return variable != null
        ? () -> fromEnvironment(section, key, variable)
        : fromFile(section, key, source, String.valueOf(file));
  }

  private char[] fromEnvironment(YamlSection section, String key, String variable) {
    String value = environment.apply(variable);
    if (value == null || value.isEmpty()) {
      throw section.wrong(
          key,
          "names the environment variable " + variable + ", which is not set",
          "set it for this process");
    }
    return value.toCharArray();
  }

  private static Supplier<char[]> fromFile(
      YamlSection section, String key, YamlSection source, String name) {
    Path file = section.resolve(name);
    return () -> fromFile(section, key, source.existing("file", file));
  }

  private static char[] fromFile(YamlSection section, String key, Path file) {
    if (FileReaders.of(file).others()) {
      throw section.wrong(key, "names " + file + ", which others may read", "chmod 600 it");
    }
    byte[] bytes = new byte[0];
    try {
      bytes = Files.readAllBytes(file);
      CharBuffer text = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(bytes));
      int end = text.length();
      while (end > 0 && (text.get(end - 1) == '\n' || text.get(end - 1) == '\r')) {
        end--;
      }
      if (end == 0) {
        throw section.wrong(key, "names " + file + ", which is empty", "put the password in it");
      }
      char[] secret = new char[end];
      text.get(secret);
      Arrays.fill(text.array(), '\0');
      return secret;
    } catch (IOException e) {
      throw section.wrong(key, "names " + file + ", which cannot be read", "check the file");
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }
}
