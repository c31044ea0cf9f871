package io.cassandratde.keys.pkcs11;

import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.HeldKey;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyProvider;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.ProviderKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keys of PKCS#11 tokens, none of which ever leaves its token: the data keys of SSTables are
 * wrapped and unwrapped there. The group of a spec is the name of the token, whose primary key is
 * the current one for all specs. Labels are looked up anew at every look, so that a key that was
 * given the primary's label becomes current.
 */
public final class Pkcs11KeyProvider implements KeyProvider {

  private final Pkcs11Tokens tokens;

  public Pkcs11KeyProvider(Pkcs11Tokens tokens) {
    this.tokens = tokens;
  }

  @Override
  public void check(KeySpec spec) {
    if (spec.provider() != ProviderKind.PKCS11) {
      throw new KeyConfigException("not a key of a token: " + spec);
    }
    var unused = tokens.token(spec.group());
  }

  /** By the library alone: whether the token is there may be another matter in a moment. */
  @Override
  public void checkKeyFile(KeySpec spec) {
    tokens.token(spec.group()).settings().requireLibrary();
  }

  @Override
  public SealingKey current(KeySpec spec, @Nullable KeyReference last) {
    TokenKeys token = tokens.token(spec.group());
    TokenKey primary;
    try {
      primary = token.primary();
    } catch (KeyNotFoundException e) {
      if (last == null) {
        throw e;
      }
      throw new LastKeyEndedException(e); // nothing but the primary seals
    }
    if (primary.bits() < spec.cipher().bits()) {
      throw new KeyConfigException(
          "primary_key %s of %s has %d bits, and %s asks for more: correct secret_key_strength, or name a stronger key"
              .formatted(token.settings().primaryKey(), token, primary.bits(), spec));
    }
    return new SealingKey(
        held(token, primary),
        null,
        "primary_key %s of %s".formatted(token.settings().primaryKey(), token));
  }

  @Override
  public DataKey byId(KeySpec hint, KeyReference reference) {
    TokenKeys token = tokens.token(hint.group());
    return held(token, token.find(reference));
  }

  private static DataKey held(TokenKeys token, TokenKey key) {
    return new HeldKey(key.reference(), key.bits(), token);
  }

  @Override
  public List<HostStatus> hosts() {
    return tokens.status();
  }

  @Override
  public void close() {}
}
