package io.cassandratde.tools.backup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.GroupTag;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.master.MasterKeys;
import io.cassandratde.keys.master.WrappedKey;
import io.cassandratde.keys.replicated.DataKeyRow;
import io.cassandratde.keys.replicated.DataKeyState;
import io.cassandratde.keys.replicated.KeyLine;
import io.cassandratde.keys.replicated.KeyWrap;
import io.cassandratde.keys.replicated.LocalCopies;
import io.cassandratde.keys.replicated.StoredKey;
import io.cassandratde.keys.runtime.TdeRuntime;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.TestSession;
import io.cassandratde.tools.export.ExportFile;
import io.cassandratde.tools.export.KeyArchive;
import io.cassandratde.tools.export.SealedArchive;
import io.cassandratde.tools.inventory.RawSSTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code manifest --keys} and {@code preflight --keys}: what an export is worth for a backup. */
class ExportedKeysTest {

  private static final KeyLine LINE = new KeyLine("payments", "cards", CipherSpec.AES_256);
  private static final Instant AT = Instant.parse("2026-11-27T12:00:00Z");
  private static final Path SEALED = Path.of("src/test/resources/vectors/key-export-v2.json");

  private final Path directory;
  private final Path masterKey;
  private final TestSession session = new TestSession();
  private final DataKeyRow first = row(1);
  private final DataKeyRow second = row(2);

  ExportedKeysTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    masterKey = directory.resolve("payments");
    masterKey(1);
    Files.writeString(
        directory.resolve("tde.yaml"),
        "system_key_directory: %s\nreplicated_keys: {directory: copies}\n".formatted(directory));
    session.environment("TDE_CONFIG", directory.resolve("tde.yaml").toString());
  }

  /** From now on the key file has these keys, the last one current. */
  private void masterKey(int... fills) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int fill : fills) {
      String key = Base64.getEncoder().encodeToString(material(fill));
      lines.append("AES:256:").append(key).append('\n');
    }
    Files.writeString(masterKey, lines);
    Files.setPosixFilePermissions(masterKey, PosixFilePermissions.fromString("rw-------"));
  }

  private static byte[] material(int fill) {
    byte[] material = new byte[32];
    Arrays.fill(material, (byte) fill);
    return material;
  }

  /** Of the key whose bytes are its version. */
  private static DataKeyRow row(int version) {
    UUID id = UUID.randomUUID();
    DataKey key = DataKey.of(0, id.toString(), material(version), new Hkdf());
    key.retire();
    int checkValue = key.reference().checkValue();
    return new DataKeyRow(LINE, version, id, checkValue, DataKeyState.ACTIVE, AT, AT, AT);
  }

  /** Under the master key that is current now. */
  private KeyWrap wrap(DataKeyRow row, int fill) {
    try (TdeRuntime node = TdeRuntime.open(TdeConfig.load(directory.resolve("tde.yaml")))) {
      MasterKeys masters = node.masterKeys(LINE.master());
      return new KeyWrap(AT, masters.wrap(masters.current(), material(fill), row.binding()));
    }
  }

  private StoredKey wrapped(DataKeyRow row) {
    return new StoredKey(row, List.of(wrap(row, row.version())));
  }

  private Path export(String name, StoredKey... keys) throws Exception {
    LocalCopies copies = LocalCopies.open(directory.resolve(name + "-copies"));
    List<String> all = new ArrayList<>();
    for (StoredKey key : keys) {
      assertThat(copies.restore(key, AT)).isTrue();
      byte[] copy = Files.readAllBytes(copies.path().resolve(key.row().keyId() + ".key"));
      all.add(Base64.getEncoder().encodeToString(copy));
    }
    Path file = directory.resolve(name);
    KeyArchive.of("test", AT, all).write(file);
    return file;
  }

  private ExitCode with(List<Path> exports, String command, Path... of) {
    List<String> words = new ArrayList<>(List.of(command));
    exports.forEach(export -> words.addAll(List.of("--keys", export.toString())));
    Arrays.stream(of).map(Path::toString).forEach(words::add);
    return session.run(words.toArray(String[]::new));
  }

  private JsonNode json() throws IOException {
    return new ObjectMapper().readTree(session.out());
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(each -> texts.add(each.asText()));
    return texts;
  }

  @Test
  void a_manifest_names_what_opens_its_replicated_keys_and_which_the_export_lacks()
      throws Exception {
    Path backup = directory.resolve("backup");
    UUID server = UUID.randomUUID();
    new RawSSTable()
        .sealed(LINE.groupTag(), first.keyId(), 1)
        .sealed(LINE.groupTag(), second.keyId(), 1)
        .sealed(GroupTag.of(ProviderKind.KMIP, "prod"), server, 1)
        .write(backup);
    KeyWrap former = wrap(first, 1);
    masterKey(1, 2);
    KeyWrap newest = wrap(first, 1);
    StoredKey twice = new StoredKey(first, List.of(newest, former));

    Path less = export("less", twice);
    assertThat(with(List.of(less), "manifest", backup)).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(session.err())
        .contains("NOT EXPORTED: key ", "/" + second.keyId() + " is in none of")
        .doesNotContain(first.keyId().toString(), server.toString());
    JsonNode exported = json().get("exported");
    assertThat(texts(exported.get("lacking"))).containsExactly(second.keyId().toString());
    assertThat(exported.get("under_passphrase")).isEmpty();
    assertThat(exported.get("master_keys").findValuesAsText("id"))
        .containsExactlyInAnyOrder(
            newest.wrapped().masterKey().keyId(), former.wrapped().masterKey().keyId());
    for (JsonNode master : exported.get("master_keys")) {
      assertThat(master.get("name").asText()).isEqualTo("payments");
      assertThat(texts(master.get("opens"))).containsExactly(first.keyId().toString());
    }

    Path more = export("more", wrapped(second));
    assertThat(with(List.of(less, more), "manifest", backup))
        .as(session.err())
        .isEqualTo(ExitCode.OK);
    assertThat(json().at("/exported/lacking")).isEmpty();
    assertThat(with(List.of(), "manifest", backup)).as("nobody asked").isEqualTo(ExitCode.OK);
    assertThat(json().has("exported")).isFalse();
  }

  private ExitCode preflight(KeyReference needed, Path... exports) throws IOException {
    NeededKey key =
        new NeededKey(null, needed, List.of(new NeededKey.Table("ks", "t", 1, 3, 3000)), List.of());
    Manifest manifest =
        new Manifest(AT, "test", "host", null, null, List.of(), 3, 3, List.of(key), List.of());
    Path file = directory.resolve("manifest.json");
    Files.writeString(file, ManifestJson.write(manifest));
    return with(List.of(exports), "preflight", file);
  }

  @Test
  void a_key_of_an_export_opens_by_any_of_its_wraps_and_of_the_exports() throws Exception {
    Path good = export("good", wrapped(first));
    assertThat(preflight(first.reference(), good)).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(session.out()).contains("1 of 1 keys can be had");
    assertThat(preflight(first.reference())).as("no export").isNotEqualTo(ExitCode.OK);

    KeyWrap former = wrap(first, 1);
    masterKey(1, 2);
    KeyWrap newest = wrap(first, 1);
    Path lost = export("lost", new StoredKey(first, List.of(newest)));
    Path both = export("both", new StoredKey(first, List.of(newest, former)));
    masterKey(1);
    assertThat(preflight(first.reference(), both)).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(preflight(first.reference(), lost, good)).isEqualTo(ExitCode.OK);
    assertThat(preflight(first.reference(), good, lost)).isEqualTo(ExitCode.OK);
    assertThat(preflight(first.reference(), lost)).isEqualTo(ExitCode.KEY_LOST);
    assertThat(session.err())
        .contains("LOST: key ", "its master key payments", newest.wrapped().masterKey().keyId());
  }

  @Test
  void what_opens_to_nothing_or_to_another_key_is_no_key_of_the_backup() throws Exception {
    KeyReference needed = first.reference();
    Path good = export("good", wrapped(first));
    assertThat(preflight(new KeyReference(needed.groupTag(), needed.keyId(), 1), good))
        .as("the data were sealed by another key of this id")
        .isEqualTo(ExitCode.KEY_LOST);
    assertThat(session.err()).contains("WRONG KEY: key ");

    Path other = export("other", new StoredKey(first, List.of(wrap(first, 7))));
    assertThat(preflight(needed, other)).isEqualTo(ExitCode.KEY_LOST);
    assertThat(session.err()).contains("WRONG KEY: key ", "another check value");
    assertThat(preflight(needed, other, good)).as("one has it").isEqualTo(ExitCode.OK);

    byte[] changed = wrap(first, 1).wrapped().bytes();
    changed[changed.length - 1] ^= 1;
    KeyWrap damaged = new KeyWrap(AT, WrappedKey.parse(changed));
    assertThat(preflight(needed, export("damaged", new StoredKey(first, List.of(damaged)))))
        .isEqualTo(ExitCode.KEY_LOST);
    assertThat(session.err()).contains("WRONG KEY: key ", "does not unwrap");

    KeyReference elsewhere =
        new KeyReference(
            GroupTag.of(ProviderKind.REPLICATED, "other"), needed.keyId(), needed.checkValue());
    assertThat(preflight(elsewhere, good)).as("of another master key").isNotEqualTo(ExitCode.OK);
  }

  @Test
  void a_replicated_key_that_no_export_has_is_lost_to_this_restore() throws Exception {
    Path good = export("good", wrapped(first));
    assertThat(preflight(second.reference(), good)).isEqualTo(ExitCode.KEY_LOST);
    assertThat(session.err()).contains("LOST: key ", "it is in none of", "look for another export");
  }

  @Test
  void a_key_under_a_passphrase_is_told_apart_from_one_that_opens() throws Exception {
    DataKeyRow sealed = SealedArchive.read(ExportFile.read(SEALED)).rows().get(0);
    assertThat(preflight(sealed.reference(), SEALED)).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(session.out())
        .contains("under passphrase", "0 of 1 keys can be had, and 1 more with the export's");
    assertThat(preflight(second.reference(), export("lacking", wrapped(first)), SEALED))
        .isEqualTo(ExitCode.KEY_LOST);
    Path backup = directory.resolve("backup");
    new RawSSTable().sealed(sealed.line().groupTag(), sealed.keyId(), 1).write(backup);
    assertThat(with(List.of(SEALED), "manifest", backup)).isEqualTo(ExitCode.OK);
    assertThat(texts(json().at("/exported/under_passphrase")))
        .containsExactly(sealed.keyId().toString());
  }
}
