package io.cassandratde.tools.backup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.DataKey;
import io.cassandratde.keys.GroupTag;
import io.cassandratde.keys.Hkdf;
import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.keys.config.TdeConfig;
import io.cassandratde.keys.kmip.KmipKeyProvider;
import io.cassandratde.keys.local.SystemKeyFile;
import io.cassandratde.kmip.devserver.DevServerBehaviour;
import io.cassandratde.kmip.devserver.ObjectState;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.TestSession;
import io.cassandratde.tools.command.KmipFixture;
import io.cassandratde.tools.inventory.RawSSTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code preflight} against a real dev server over mutual TLS, and against key files. */
class PreflightTest {
  private static final int PROD = GroupTag.of(ProviderKind.KMIP, "prod");
  private static final int LOCAL = GroupTag.of(ProviderKind.LOCAL, "local");
  private static final Hkdf HKDF = new Hkdf();

  private final Path directory;
  private final KmipFixture kmip;
  private final TestSession session;

  PreflightTest(@TempDir Path directory) throws Exception {
    this.directory = directory;
    kmip = new KmipFixture(directory.resolve("stores"));
    session = kmip.session();
  }

  @AfterEach
  void stop() {
    kmip.close();
  }

  /** As data names it. */
  private KeyReference reference(String id) {
    try (KmipKeyProvider servers =
        KmipKeyProvider.open(TdeConfig.load(kmip.configuration()).kmipGroups(), HKDF)) {
      DataKey key =
          servers.byId(
              KeySpec.kmip("prod", null, CipherSpec.AES_256), new KeyReference(PROD, id, 0));
      KeyReference reference = key.reference();
      key.retire();
      return reference;
    }
  }

  private Path manifest(String name, List<Manifest.Unread> unread, KeyReference... references)
      throws IOException {
    List<NeededKey> keys = new ArrayList<>();
    for (KeyReference reference : references) {
      keys.add(
          new NeededKey(
              null,
              reference,
              List.of(new NeededKey.Table("cycling", "riders", 1, 3, 3000)),
              List.of(new NeededKey.Other("commit_log", 1, 1000))));
    }
    return Files.writeString(
        directory.resolve(name),
        ManifestJson.write(
            new Manifest(
                Instant.EPOCH, "test", "host", null, null, List.of(), 4, 4, keys, unread)));
  }

  private ExitCode preflight(KeyReference... references) throws IOException {
    return preflight(manifest("m.json", List.of(), references));
  }

  private ExitCode preflight(Path... manifests) {
    List<String> words = new ArrayList<>(List.of("preflight", "--format", "json"));
    for (Path manifest : manifests) {
      words.add(manifest.toString());
    }
    return session.run(words.toArray(String[]::new));
  }

  private JsonNode json() throws IOException {
    return new ObjectMapper().readTree(session.out());
  }

  private String outcome(KeyReference key) throws IOException {
    for (JsonNode one : json().get("keys")) {
      if (one.get("id").asText().equals(key.keyId())) {
        return one.get("outcome").asText();
      }
    }
    throw new AssertionError("nothing of " + key + " in " + session.out());
  }

  @Test
  void keys_that_open_are_told_with_their_state() throws Exception {
    KeyReference active = reference(kmip.newKey());
    KeyReference revoked = reference(kmip.newKey());
    session.run("managekmip", "revoke", "prod", revoked.keyId());
    assertThat(preflight(active, revoked)).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(session.err()).isEmpty();
    assertThat(json().get("restorable").asBoolean()).isTrue();
    assertThat(json().findValuesAsText("outcome")).containsExactly("opens", "opens");
    assertThat(json().findValuesAsText("state")).containsExactlyInAnyOrder("Active", "Deactivated");
    assertThat(session.run("preflight", directory.resolve("m.json").toString()))
        .isEqualTo(ExitCode.OK);
    assertThat(session.out())
        .containsPattern(
            "prod +" + active.keyId() + " +Active +opens +4 +3.91 KiB +cycling.riders, commit log")
        .contains("2 of 2 keys can be had");
  }

  @Test
  void a_key_that_is_gone_or_another_one_is_lost() throws Exception {
    KeyReference there = reference(kmip.newKey());
    KeyReference destroyed = reference(kmip.newKey());
    KeyReference never = new KeyReference(PROD, UUID.randomUUID().toString(), 1);
    KeyReference other = new KeyReference(PROD, kmip.newKey(), 1);
    session.run("managekmip", "revoke", "prod", destroyed.keyId());
    kmip.anHourPasses();
    assertThat(
            session.run(
                "managekmip",
                "destroy",
                "prod",
                destroyed.keyId(),
                "--force",
                "--confirm",
                destroyed.keyId()))
        .as(session.err())
        .isEqualTo(ExitCode.OK);
    assertThat(preflight(there, destroyed, never, other)).isEqualTo(ExitCode.KEY_LOST);
    assertThat(json().get("restorable").asBoolean()).isFalse();
    assertThat(outcome(there)).isEqualTo("opens");
    assertThat(outcome(destroyed)).isEqualTo("lost");
    assertThat(outcome(never)).isEqualTo("lost");
    assertThat(outcome(other)).isEqualTo("wrong_key");
    assertThat(session.err())
        .contains("LOST: key prod/" + destroyed.keyId())
        .contains("WRONG KEY: key prod/" + other.keyId());
    assertThat(preflight(there, other)).as("alone").isEqualTo(ExitCode.KEY_LOST);
  }

  @Test
  void an_outage_is_no_lost_key() throws Exception {
    KeyReference key = reference(kmip.newKey());
    kmip.server().close();
    assertThat(preflight(key)).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(outcome(key)).isEqualTo("not_asked");
    assertThat(session.err()).contains("NOT ASKED: key").contains("127.0.0.1:");
  }

  @Test
  void an_outage_in_the_middle_is_no_refusal() throws Exception {
    KeyReference key = reference(kmip.newKey());
    DevServerBehaviour behaviour = kmip.server().behaviour();
    behaviour.onRequest(
        operation -> {
          if (operation.equals("GetAttributes")) { // the last that it answers
            behaviour.connectivity(DevServerBehaviour.Connectivity.DROPPING);
          }
        });
    assertThat(preflight(key)).as(session.err()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(json().at("/keys/0/state").asText()).isEqualTo("Active");
  }

  @Test
  void a_key_that_a_server_keeps_to_itself_is_not_lost() throws Exception {
    KeyReference key = reference(kmip.newKey());
    session.run("managekmip", "revoke", "prod", key.keyId());
    kmip.server().behaviour().refuseGetIn(ObjectState.DEACTIVATED);
    assertThat(preflight(key)).isEqualTo(ExitCode.REFUSED);
    assertThat(outcome(key)).isEqualTo("refused");
    assertThat(json().at("/keys/0/state").asText()).isEqualTo("Deactivated");
    kmip.server().behaviour().refuseGetIn().refuse("Get", 0x100, "not today");
    assertThat(preflight(key)).as("for a reason of its own").isEqualTo(ExitCode.REFUSED);
    assertThat(session.err()).contains("not today");
    kmip.server().behaviour().refuse("GetAttributes", 0x100, "nor this");
    assertThat(preflight(key)).as("nothing is known").isEqualTo(ExitCode.UNREACHABLE);
  }

  @Test
  void a_group_that_is_not_configured_is_told_until_it_is() throws Exception {
    KeyReference there = reference(kmip.newKey());
    KeyReference former =
        new KeyReference(GroupTag.of(ProviderKind.KMIP, "old"), there.keyId(), there.checkValue());
    assertThat(preflight(former)).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(outcome(former)).isEqualTo("unknown_group");
    assertThat(session.err()).contains("group_aliases");
    kmip.configureToo("group_aliases: {old: prod}\n");
    assertThat(preflight(former)).as(session.err()).isEqualTo(ExitCode.OK);
  }

  @Test
  void what_a_manifest_could_not_read_leaves_it_open() throws Exception {
    KeyReference key = reference(kmip.newKey());
    Path half =
        manifest("half.json", List.of(new Manifest.Unread("/b/x.tar", "no file of ours")), key);
    assertThat(preflight(half)).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(session.err()).contains("more keys may be needed: /b/x.tar");
    assertThat(json().get("restorable").asBoolean()).isFalse();
    Files.writeString(half, "{}");
    assertThat(preflight(half)).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(session.err()).contains(half.toString()).contains("no manifest");
  }

  @Test
  void several_manifests_and_the_files_themselves_go_together() throws Exception {
    KeyReference key = reference(kmip.newKey());
    Path one = manifest("one.json", List.of(), key);
    Path two = manifest("two.json", List.of(), key);
    UUID other = UUID.randomUUID();
    Path files = directory.resolve("backup/cycling/riders-5a1c395e015411f0b1c9e9d2f6f0a1b2");
    new RawSSTable().sealed(PROD, other, 1).write(files);
    assertThat(preflight(one, two, directory.resolve("backup"))).isEqualTo(ExitCode.KEY_LOST);
    assertThat(json().get("keys")).hasSize(2);
    assertThat(outcome(key)).isEqualTo("opens");
    assertThat(outcome(new KeyReference(PROD, other.toString(), 0))).isEqualTo("lost");
    for (JsonNode needed : json().get("keys")) {
      if (needed.get("id").asText().equals(key.keyId())) {
        assertThat(needed.get("files").asInt()).isEqualTo(8);
        assertThat(needed.at("/tables/0/sstables").asInt()).isEqualTo(2);
      }
    }
  }

  private KeyReference localKey(Path file) throws IOException {
    SystemKeyFile.create(file, CipherSpec.AES_256);
    return SystemKeyFile.withLast(
        file,
        HKDF,
        entry -> {
          DataKey key = DataKey.of(LOCAL, entry.id(), entry.material(), HKDF);
          KeyReference reference = key.reference();
          key.retire();
          return reference;
        });
  }

  @Test
  void local_keys_are_looked_for_in_key_files() throws Exception {
    Path keys = Files.createDirectory(directory.resolve("keys"));
    Path elsewhere = directory.resolve("elsewhere");
    kmip.configureToo("system_key_directory: " + keys + "\n");
    Files.writeString(keys.resolve("notes.txt"), "no key file\n");
    KeyReference inDirectory = localKey(keys.resolve("any_name"));
    KeyReference outside = localKey(elsewhere);
    kmip.server().close(); // nobody needs to ask it
    assertThat(preflight(inDirectory)).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(preflight(inDirectory, outside)).isEqualTo(ExitCode.KEY_LOST);
    assertThat(outcome(inDirectory)).isEqualTo("opens");
    assertThat(outcome(outside)).isEqualTo("lost");
    assertThat(session.err()).contains("--key-file");
    String manifest = directory.resolve("m.json").toString();
    assertThat(session.run("preflight", "--key-file", elsewhere.toString(), manifest))
        .as(session.err())
        .isEqualTo(ExitCode.OK);
    KeyReference wrong = new KeyReference(LOCAL, inDirectory.keyId(), 1);
    assertThat(preflight(wrong)).isEqualTo(ExitCode.KEY_LOST);
    assertThat(outcome(wrong)).isEqualTo("wrong_key");
  }

  @Test
  void a_key_file_that_cannot_be_used_leaves_open_what_it_holds() throws Exception {
    Path keys = Files.createDirectory(directory.resolve("keys"));
    kmip.configureToo("system_key_directory: " + keys + "\n");
    Path file = keys.resolve("system_key");
    KeyReference key = localKey(file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    assertThat(preflight(key)).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(outcome(key)).isEqualTo("not_asked");
    assertThat(session.err()).contains("chmod 600");
  }

  @Test
  void a_backup_in_clear_needs_nothing_and_no_configuration() throws Exception {
    session.environment("TDE_CONFIG", "");
    session.environment("CASSANDRA_CONF", directory.resolve("none").toString());
    assertThat(preflight(manifest("none.json", List.of()))).isEqualTo(ExitCode.OK);
    assertThat(session.run("preflight", directory.resolve("none.json").toString()))
        .isEqualTo(ExitCode.OK);
    assertThat(session.out()).contains("0 of 0 keys");
  }
}
