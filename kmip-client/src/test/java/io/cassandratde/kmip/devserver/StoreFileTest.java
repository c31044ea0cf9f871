package io.cassandratde.kmip.devserver;

import static io.cassandratde.kmip.devserver.Dialogue.attribute;
import static io.cassandratde.kmip.devserver.Dialogue.name;
import static io.cassandratde.kmip.devserver.Dialogue.payload;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a restart finds in the store file. */
class StoreFileTest {
  private final TestStores stores = TestStores.get();

  private Path dir;

  @BeforeEach
  void directory(@TempDir Path temporary) {
    dir = temporary;
  }

  @Test
  void everything_survives_a_restart() throws IOException {
    Path file = dir.resolve("objects");
    DevServerSettings settings = stores.serverSettings().withStoreFile(file).withOwnerCheck(true);
    String first;
    String second;
    String destroyed;
    byte[] material;
    try (KmipDevServer server = KmipDevServer.start(settings);
        Dialogue client = new Dialogue(server, 104)) {
      first = client.create(attribute("Name", name("one")), attribute("Name", name("uno")));
      second = client.create(attribute("x-note", Dialogue.text("kept")));
      destroyed = client.create();
      client.ok("Activate", payload(first));
      client.ok("Destroy", payload(destroyed));
      material = client.material(first);
    }
    try (KmipDevServer server = KmipDevServer.start(settings);
        Dialogue client = new Dialogue(server, 104);
        Dialogue stranger = new Dialogue(server, 104, stores.otherClient())) {
      assertThat(client.material(first)).isEqualTo(material);
      assertThat(client.state(first)).isEqualTo(ObjectState.ACTIVE);
      assertThat(client.state(destroyed)).isEqualTo(ObjectState.DESTROYED);
      assertThat(client.locate(attribute("Name", name("uno")))).containsExactly(first);
      assertThat(client.attribute(second, "x-note")).isEqualTo(Dialogue.text("kept"));
      assertThat(stranger.call("Get", payload(first)).reason()).isEqualTo(12);
      String third = client.create();
      assertThat(client.locate()).as("newest first").containsExactly(third, second, first);
    }
  }

  @Test
  void every_change_is_on_disk_when_it_is_answered() throws IOException {
    Path file = dir.resolve("objects");
    DevServerSettings settings = stores.serverSettings().withStoreFile(file);
    try (KmipDevServer server = KmipDevServer.start(settings);
        Dialogue client = new Dialogue(server, 104)) {
      String id = client.create();
      // A copy of the file at this moment is what a crash would leave.
      Path crashed = Files.copy(file, dir.resolve("crashed"));
      try (KmipDevServer after = KmipDevServer.start(settings.withStoreFile(crashed));
          Dialogue reader = new Dialogue(after, 104)) {
        assertThat(reader.material(id)).isEqualTo(client.material(id));
      }
    }
  }

  @Test
  void only_the_owner_may_read_the_file_and_nothing_else_is_left_beside_it() throws IOException {
    Path file = dir.resolve("objects");
    try (KmipDevServer server = KmipDevServer.start(stores.serverSettings().withStoreFile(file));
        Dialogue client = new Dialogue(server, 104)) {
      client.create();
      client.create();
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (Stream<Path> files = Files.list(dir)) {
      assertThat(files.toList()).containsExactly(file);
    }
  }

  @Test
  void a_file_of_something_else_is_refused_and_left_alone() throws IOException {
    Path file = Files.writeString(dir.resolve("objects"), "something else");
    assertThatThrownBy(() -> KmipDevServer.start(stores.serverSettings().withStoreFile(file)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString());
    assertThat(Files.readString(file)).isEqualTo("something else");
  }
}
