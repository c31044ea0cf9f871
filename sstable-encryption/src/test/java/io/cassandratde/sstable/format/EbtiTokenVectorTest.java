package io.cassandratde.sstable.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.KeyUse;
import io.cassandratde.keys.pkcs11.Pkcs11KeyProvider;
import io.cassandratde.keys.pkcs11.Pkcs11Settings;
import io.cassandratde.keys.pkcs11.Pkcs11Tokens;
import io.cassandratde.keys.pkcs11.SoftToken;
import io.cassandratde.sstable.format.EbtiSealing.Row;
import io.cassandratde.sstable.format.EbtiSealing.Wrapping;
import io.cassandratde.sstable.format.carrier.Carrier;
import io.cassandratde.sstable.format.carrier.SSTableKeys;
import io.cassandratde.sstable.format.carrier.StatisticsPart;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The vectors of docs/FORMAT-EBTI.md whose keys a token holds, with their keys in SoftHSM2. */
class EbtiTokenVectorTest {

  private static final byte[] NONE = {};

  private final SoftToken token;

  EbtiTokenVectorTest() throws Exception {
    token = SoftToken.unused();
  }

  private static List<Vector> vectors() throws IOException {
    return Vector.all(Vector.EBTI).stream()
        .filter(Vector::isAccepted)
        .filter(v -> v.text("vector").matches("(carrier|part)-token.*"))
        .filter(v -> Wrapping.parse(v.text("keys")).size() == 1)
        .toList();
  }

  private KeyFinder finder(Wrapping key) throws Exception {
    String label = "k" + key.hex().length() * 4;
    token.deleteKeyIfThere(label);
    token.importKey(label, key.material());
    Pkcs11Settings settings =
        new Pkcs11Settings("vectors", SoftToken.LIBRARY, token.slot(), 0, label, null);
    Pkcs11KeyProvider provider =
        new Pkcs11KeyProvider(
            new Pkcs11Tokens(Map.of("vectors", settings), name -> SoftToken.PIN.toCharArray()));
    return named -> provider.byId(KeySpec.pkcs11("vectors", CipherSpec.AES_128), named);
  }

  @Test
  void a_token_that_is_not_ours_opens_each() throws Exception {
    assertThat(vectors()).hasSize(4);
    for (Vector vector : vectors()) {
      KeyFinder finder = finder(Wrapping.parse(vector.text("keys")).get(0));
      SSTableKeys keys =
          SSTableKeys.open(
              Carrier.parse(vector.bytes("carrier")), finder, TestKeys.HKDF, TestKeys.corretto());
      if (vector.text("kind").equals("part")) {
        StatisticsPart.Opened opened =
            StatisticsPart.parse(vector.bytes("sealed"))
                .open(vector.text("name"), finder, TestKeys.HKDF, TestKeys.corretto());
        assertThat(opened.plain()).isEqualTo(vector.bytes("plain"));
        assertThat(opened.spec()).isEqualTo(KeySpec.pkcs11("vectors", CipherSpec.AES_256));
      } else {
        Row row = Row.parse(vector.text("rows")).get(0);
        DataKey wanted = DataKey.of(0, "x", row.dataKey(), TestKeys.HKDF);
        assertThat(keys.key(0).derive(KeyUse.PAGE, NONE, NONE, 32))
            .isEqualTo(wanted.derive(KeyUse.PAGE, NONE, NONE, 32));
      }
    }
  }
}
