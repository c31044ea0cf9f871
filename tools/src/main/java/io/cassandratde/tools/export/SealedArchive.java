package io.cassandratde.tools.export;

import com.fasterxml.jackson.databind.JsonNode;
import io.cassandratde.keys.master.DamagedWrapException;
import io.cassandratde.keys.master.MasterKeys;
import io.cassandratde.keys.replicated.DataKeyRow;
import io.cassandratde.keys.replicated.SealedKey;
import io.cassandratde.keys.replicated.StoredKey;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Data keys in one file that opens with a passphrase alone, for the day when the master keys are
 * lost too; docs/FORMAT-KEY-COPY.md describes it.
 */
public final class SealedArchive {

  /** In base64, of a sealed key. */
  private static final int LONGEST = 8192;

  private static final int MAC = 32;

  private final String cluster;
  private final Instant exportedAt;
  private final PassphraseHeader header;
  private final List<SealedKey> keys;
  private final byte[] mac;

  private SealedArchive(
      String cluster,
      Instant exportedAt,
      PassphraseHeader header,
      List<SealedKey> keys,
      byte[] mac) {
    this.cluster = cluster;
    this.exportedAt = exportedAt;
    this.header = header;
    this.keys = List.copyOf(keys);
    this.mac = mac;
  }

  /**
   * What nodes sealed to the passphrase's key, each opened once: a file that would not open is
   * none.
   *
   * @param sealed in base64
   */
  public static SealedArchive of(
      PassphraseKey passphrase, String cluster, Instant at, List<String> sealed)
      throws CommandFailure {
    List<SealedKey> keys = new ArrayList<>();
    for (String each : sealed) {
      try {
        SealedKey key = parse(each);
        var unused = key.<Boolean>open(passphrase.privateKey(), material -> true);
        keys.add(key);
      } catch (IOException | DamagedWrapException e) {
        throw new CommandFailure(
            ExitCode.REFUSED,
            "a node sent a data key that the passphrase does not open, and nothing was written: "
                + e.getMessage());
      }
    }
    PassphraseHeader header = passphrase.header();
    byte[] mac = passphrase.mac(content(header, cluster, at, keys));
    return new SealedArchive(cluster, at, header, keys, mac);
  }

  /** All that the MAC covers: lengths before what has no length of its own. */
  private static byte[] content(
      PassphraseHeader header, String cluster, Instant at, List<SealedKey> keys) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.write(header.bytes());
      write(out, cluster.getBytes(StandardCharsets.UTF_8));
      write(out, at.toString().getBytes(StandardCharsets.UTF_8));
      out.writeInt(keys.size());
      for (SealedKey each : keys) {
        write(out, each.bytes());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(DataOutputStream out, byte[] field) throws IOException {
    out.writeInt(field.length);
    out.write(field);
  }

  /** A new file, for its owner alone. */
  public void write(Path file) throws IOException {
    Map<String, @Nullable Object> tree =
        ExportFile.head(ExportFile.SEALED, cluster, exportedAt.toString());
    tree.put("passphrase", header.json());
    List<Object> list = new ArrayList<>();
    for (SealedKey each : keys) {
      Map<String, @Nullable Object> entry = ExportFile.key(each.row());
      entry.put("sealed", Base64.getEncoder().encodeToString(each.bytes()));
      list.add(entry);
    }
    tree.put("keys", list);
    tree.put("mac", Base64.getEncoder().encodeToString(mac));
    ExportFile.write(file, tree);
  }

  /**
   * What {@link #write} wrote; nothing of it is to be believed before {@link #open}.
   *
   * @throws CommandFailure it is damaged
   */
  public static SealedArchive read(ExportFile file) throws CommandFailure {
    JsonNode tree = file.tree();
    try {
      PassphraseHeader header = PassphraseHeader.parse(tree.path("passphrase"));
      List<SealedKey> keys = new ArrayList<>();
      for (JsonNode each : tree.path("keys")) {
        String id = each.path("key").asText();
        try {
          SealedKey key = parse(each.path("sealed").asText());
          if (!key.row().keyId().toString().equals(id)) {
            throw new IOException("it holds key " + key.row().keyId());
          }
          keys.add(key);
        } catch (IOException e) {
          throw new IOException("key %s: %s".formatted(id, e.getMessage()), e);
        }
      }
      return new SealedArchive(
          tree.path("cluster").asText(),
          Instant.parse(tree.path("exported_at").asText()),
          header,
          keys,
          PassphraseHeader.bytes(tree, "mac", MAC));
    } catch (IOException e) {
      throw file.no(String.valueOf(e.getMessage()));
    } catch (DateTimeException e) {
      throw file.no("its exported_at is no time");
    }
  }

  private static SealedKey parse(String base64) throws IOException {
    if (base64.length() > LONGEST) {
      throw new IOException("it is longer than any");
    }
    try {
      return SealedKey.parse(Base64.getDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      throw new IOException("it is no base64", e);
    }
  }

  /**
   * The key of its passphrase, when nothing in the file was changed.
   *
   * @throws CommandFailure the passphrase is wrong; or the file was changed, or cut
   */
  public PassphraseKey open(ExportFile file, char[] passphrase) throws CommandFailure {
    PassphraseKey key = PassphraseKey.open(header, passphrase);
    if (key == null) {
      throw new CommandFailure(
          ExitCode.CONFIGURATION,
          "the passphrase is wrong: it is not the one of the file of cluster %s, exported %s"
              .formatted(cluster, exportedAt));
    }
    if (!MessageDigest.isEqual(key.mac(content(header, cluster, exportedAt, keys)), mac)) {
      key.close();
      throw file.no(
          "the passphrase is right, and what it authenticates was changed or damaged: take another"
              + " copy of the file");
    }
    return key;
  }

  /**
   * Each key under a master key of this configuration; nothing is in clear when this returns.
   *
   * @param masters by name
   * @throws CommandFailure one does not open
   */
  public List<StoredKey> under(
      ExportFile file, Function<String, MasterKeys> masters, PassphraseKey passphrase, Instant at)
      throws CommandFailure {
    List<StoredKey> wrapped = new ArrayList<>();
    for (SealedKey each : keys) {
      MasterKeys its = masters.apply(each.row().line().master());
      try {
        wrapped.add(each.under(its, passphrase.privateKey(), at));
      } catch (DamagedWrapException e) {
        throw file.no(String.valueOf(e.getMessage()));
      }
    }
    return wrapped;
  }

  public String cluster() {
    return cluster;
  }

  public Instant exportedAt() {
    return exportedAt;
  }

  /** All but the keys themselves; not authenticated before {@link #open}. */
  public List<DataKeyRow> rows() {
    return keys.stream().map(SealedKey::row).toList();
  }

  /** Data keys. */
  public int size() {
    return keys.size();
  }
}
