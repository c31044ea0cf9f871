package io.cassandratde.keys.config;

import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.pkcs11.Pkcs11Settings;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A token of {@code pkcs11}. Neither its library nor its PIN is looked at when the file is read:
 * commands on machines without the token read the same file.
 */
public final class Pkcs11Config {

  static final String SECTION = "pkcs11";
  private static final String LIBRARY = "library";
  private static final String SLOT = "slot";
  private static final String INDEX = "slot_list_index";
  private static final String PIN = "pin";
  private static final String PRIMARY = "primary_key";

  private final Pkcs11Settings settings;
  private final Supplier<char[]> pin;
  private final String pinSource;

  private Pkcs11Config(Pkcs11Settings settings, Supplier<char[]> pin, String pinSource) {
    this.settings = settings;
    this.pin = pin;
    this.pinSource = pinSource;
  }

  /** All tokens of the file, by name. */
  static Map<String, Pkcs11Config> parse(YamlSection top, Secrets secrets, String systemKeyName) {
    Map<String, Pkcs11Config> tokens = new LinkedHashMap<>();
    top.sections(SECTION)
        .forEach((name, section) -> tokens.put(name, token(name, section, secrets, systemKeyName)));
    return tokens;
  }

  private static Pkcs11Config token(
      String name, YamlSection section, Secrets secrets, String systemKeyName) {
    String library = section.text(LIBRARY);
    Long slot = section.has(SLOT) ? (Long) section.number(SLOT, 0, 0, Long.MAX_VALUE) : null;
    boolean byIndex = section.has(INDEX);
    int index = (int) section.number(INDEX, 0, 0, Integer.MAX_VALUE);
    Supplier<char[]> pin = secrets.later(section, PIN, systemKeyName);
    String primary = section.text(PRIMARY);
    String secondary = section.text("secondary_key");
    section.finish();
    if (library == null) {
      throw section.wrong(
          LIBRARY, "is missing", "name the token's PKCS#11 library, as its vendor installed it");
    }
    if (slot != null && byIndex) {
      throw section.wrong(INDEX, "stands beside slot", "keep one of them");
    }
    if (pin == null) {
      throw section.wrong(PIN, "is missing", "write {file: path} or {env: NAME}, or ENC(…)");
    }
    if (primary == null || primary.isBlank()) {
      throw section.wrong(PRIMARY, "is missing", "name the label of the token's key that wraps");
    }
    if (primary.equals(secondary)) {
      throw section.wrong(
          "secondary_key", "is primary_key", "name another label, or take the line out");
    }
    try {
      return new Pkcs11Config(
          new Pkcs11Settings(name, section.resolve(library), slot, index, primary, secondary),
          pin,
          Secrets.origin(section, PIN));
    } catch (KeyConfigException e) {
      throw section.wrong(LIBRARY, "is refused: " + e.getMessage(), "correct the path");
    }
  }

  public Pkcs11Settings settings() {
    return settings;
  }

  /**
   * Read anew at each call, which throws a {@link ConfigException}; the caller wipes what it gets.
   */
  public Supplier<char[]> pin() {
    return pin;
  }

  /**
   * Reads the PIN once, for whoever is going to need it.
   *
   * @throws ConfigException it cannot be read
   */
  public void requirePin() {
    Arrays.fill(pin.get(), '\0');
  }

  /** Where the PIN comes from. */
  String pinSource() {
    return pinSource;
  }

  @Override
  public String toString() {
    return settings.toString();
  }
}
