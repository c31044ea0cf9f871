package io.cassandratde.keys.localcache;

import io.cassandratde.keys.GroupTag;
import io.cassandratde.keys.ProviderKind;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Where an entry is looked for: by its group and a hash, as key ids and namespaces may hold any
 * character. A name proves nothing; what the file says inside is compared.
 */
final class FileNames {

  static final String KEY = ".key";
  static final String SEALING = ".seals";

  private static final int HASH = 16;

  private FileNames() {}

  static String of(Entry entry) {
    Entry.Sealing sealing = entry.sealing();
    return sealing == null
        ? key(entry.group(), entry.keyId())
        : sealing(entry.group(), entry.bits(), sealing.namespace(), sealing.template());
  }

  static String key(String group, String keyId) {
    return prefix(group) + hash(keyId) + KEY;
  }

  static String sealing(
      String group, int bits, @Nullable String namespace, @Nullable String template) {
    return prefix(group) + hash(Integer.toString(bits), namespace, template) + SEALING;
  }

  /** What the names of all files of a group begin with. */
  static String prefix(String group) {
    return "%08x-".formatted(GroupTag.of(ProviderKind.KMIP, group));
  }

  private static String hash(@Nullable String... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (String part : parts) {
      byte[] utf8 = part == null ? new byte[0] : part.getBytes(StandardCharsets.UTF_8);
      all.writeBytes(ByteBuffer.allocate(2).putShort((short) utf8.length).array());
      all.writeBytes(utf8);
    }
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(all.toByteArray());
      return HexFormat.of().formatHex(digest, 0, HASH);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
