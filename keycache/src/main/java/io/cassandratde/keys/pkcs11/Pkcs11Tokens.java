package io.cassandratde.keys.pkcs11;

import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyProvider.HostStatus;
import io.cassandratde.keys.master.MasterKeys;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The tokens that the configuration names. Whoever uses one of them shares its login, so that a PIN
 * is refused once for all, and its count of what was sealed.
 */
public final class Pkcs11Tokens {

  private volatile Map<String, TokenKeys> tokens = Map.of();

  /**
   * Asks no token yet.
   *
   * @param settings by the names of the tokens
   * @param pins the PIN of the token of a name; read at each login, and the array wiped afterwards
   */
  public Pkcs11Tokens(Map<String, Pkcs11Settings> settings, Function<String, char[]> pins) {
    use(settings, pins);
  }

  /**
   * From now on by these: labels, libraries and slots may be others, and a PIN that was refused is
   * tried again.
   */
  public synchronized void use(
      Map<String, Pkcs11Settings> settings, Function<String, char[]> pins) {
    Map<String, TokenKeys> next = new HashMap<>();
    settings.forEach(
        (name, each) -> {
          Supplier<char[]> pin = () -> pins.apply(name);
          TokenKeys there = tokens.get(name);
          if (there == null) {
            there = new TokenKeys(each, pin);
          } else {
            there.use(each, pin);
          }
          next.put(name, there);
        });
    tokens = Map.copyOf(next);
  }

  /** The keys of this token as master keys. */
  public MasterKeys masterKeys(String name) {
    return new Pkcs11MasterKeys(token(name));
  }

  TokenKeys token(String name) {
    TokenKeys token = tokens.get(name);
    if (token == null) {
      throw new KeyConfigException(
          "the configuration names no PKCS#11 token " + name + ": add it to pkcs11 in tde.yaml");
    }
    return token;
  }

  List<HostStatus> status() {
    return tokens.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(each -> each.getValue().status())
        .toList();
  }
}
