package io.cassandratde.keys.replicated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.files.PrivateDirectory;
import io.cassandratde.keys.files.UnusableFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LocalCopiesTest {

  private static final Path VECTORS = Path.of("src/test/resources/vectors/key-copy-v1.txt");

  private final TestCluster cluster;
  private final TestCluster.Node node;
  private final KeyReference key;
  private final Path file;

  LocalCopiesTest(@TempDir Path root) {
    cluster = new TestCluster(root);
    node = cluster.node(1);
    key = node.seals();
    file = node.file(key);
  }

  @Test
  void a_file_holds_all_that_opens_the_key_and_belongs_to_its_user_alone() throws Exception {
    Copy copy = Objects.requireNonNull(node.copies.read(UUID.fromString(key.keyId())));
    StoredKey there = Objects.requireNonNull(cluster.table.byId(UUID.fromString(key.keyId())));
    assertThat(CopyCare.same(copy.key(), there)).isTrue();
    assertThat(copy.confirmed()).isEqualTo(cluster.now());
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(Files.getPosixFilePermissions(node.directory))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    try (Stream<Path> files = Files.list(node.directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void every_bit_that_is_changed_and_every_cut_is_noticed() throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    for (int i = 0; i < bytes.length; i++) {
      byte[] changed = bytes.clone();
      changed[i] ^= 1;
      assertThatThrownBy(() -> CopyFormat.parse(changed))
          .as("byte %d", i)
          .isInstanceOf(UnusableFileException.class);
      byte[] cut = Arrays.copyOf(bytes, i);
      assertThatThrownBy(() -> CopyFormat.parse(cut)).isInstanceOf(UnusableFileException.class);
    }
  }

  private String toldOf() {
    return TestCluster.logged(
        () -> assertThat(node.copies.read(UUID.fromString(key.keyId()))).isNull());
  }

  @Test
  void a_world_readable_copy_is_told_and_counts_as_not_there() throws Exception {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(toldOf()).contains(file.toString(), "open to others (rw-r--r--)");
    // From the table then, and the copy is good again.
    node.opens(key);
    assertThat(node.copies.read(UUID.fromString(key.keyId()))).isNotNull();
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void a_truncated_copy_is_told_and_the_table_is_asked() throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 7));
    assertThat(toldOf()).contains(file.toString(), "cut off or damaged");
    node.opens(key);
    assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
  }

  @Test
  void a_damaged_copy_in_an_outage_is_an_outage() throws Exception {
    Files.write(file, new byte[100]);
    TestCluster.Node again = cluster.node(1, TestCluster.away());
    assertThatThrownBy(() -> again.opens(key))
        .isInstanceOfSatisfying(
            KeyUnavailableException.class, e -> assertThat(e.nobodyAsked()).isTrue());
  }

  @Test
  void a_copy_of_another_owner_is_told() throws Exception {
    var user = file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
    try {
      Files.setOwner(file, user);
    } catch (IOException e) {
      // Only root gives files away: then the directory's user is another one instead.
      PrivateDirectory foreign = PrivateDirectory.trusted(node.directory, user);
      assertThatThrownBy(() -> foreign.read(file, CopyFormat.MAX_FILE))
          .hasMessageContaining("belongs to");
      return;
    }
    assertThat(toldOf()).contains(file.toString(), "belongs to nobody");
  }

  @Test
  void a_copy_under_another_keys_name_is_told() throws Exception {
    Path other = node.directory.resolve(UUID.randomUUID() + ".key");
    Files.copy(file, other);
    assertThat(TestCluster.logged(() -> assertThat(node.copies.all()).hasSize(1)))
        .contains(other.toString(), "the name of another key");
  }

  @Test
  void a_long_file_is_not_read() throws Exception {
    Files.write(file, new byte[CopyFormat.MAX_FILE + 1]);
    assertThat(toldOf()).contains("longer than");
  }

  @Test
  void nothing_seals_that_could_not_be_copied() throws Exception {
    Files.delete(file);
    Files.delete(node.directory);
    assertThatThrownBy(node::seals)
        .isInstanceOf(KeyUnavailableException.class)
        .hasMessageContainingAll("nothing is sealed by it", file.toString());
    node.opens(key);
  }

  static List<String> vectors() throws IOException {
    return Files.readAllLines(VECTORS).stream().filter(line -> !line.startsWith("#")).toList();
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void has_the_result_that_the_vector_states(String vector) throws Exception {
    String[] fields = vector.split("\\|", -1);
    byte[] bytes = HexFormat.of().parseHex(fields[2]);
    if (fields[1].equals("UNUSABLE")) {
      assertThatThrownBy(() -> CopyFormat.parse(bytes)).isInstanceOf(UnusableFileException.class);
      return;
    }
    Copy copy = CopyFormat.parse(bytes);
    DataKeyRow row = copy.key().row();
    assertThat(
            List.of(
                "" + copy.confirmed().toEpochMilli(),
                row.keyId().toString(),
                "" + row.version(),
                "%08x".formatted(row.checkValue()),
                "" + row.line().cipher().bits(),
                row.state().toString(),
                "" + row.createdAt().toEpochMilli(),
                "" + row.activeFrom().toEpochMilli(),
                "" + row.changedAt().toEpochMilli(),
                row.line().master(),
                row.line().namespace(),
                "" + copy.key().wraps().size()))
        .isEqualTo(List.of(fields[1].split(",", -1)));
    assertThat(CopyFormat.encode(copy)).isEqualTo(bytes);
  }

  @Test
  void vectors_are_there() throws IOException {
    assertThat(vectors()).hasSizeGreaterThan(15);
  }
}
