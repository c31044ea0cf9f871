package io.cassandratde.sstable.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.ProviderKind;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A key spec as sealed bytes hold it, so that whoever seals them again finds the current key: five
 * texts, each with its two-byte length before it, an empty one for none, then the strength.
 *
 * <pre>
 * lp(provider) | lp(group) | lp(namespace) | lp(template) | lp(key file) | bits 2
 * </pre>
 */
public final class KeySpecCodec {

  private KeySpecCodec() {}

  public static byte[] encode(KeySpec spec) {
    List<byte[]> texts = new ArrayList<>();
    texts.add(spec.provider().text().getBytes(UTF_8));
    texts.add(spec.group().getBytes(UTF_8));
    texts.add(bytes(spec.namespace()));
    texts.add(bytes(spec.template()));
    texts.add(bytes(spec.keyFile()));
    int length = texts.stream().mapToInt(text -> 2 + text.length).sum() + 2;
    ByteBuffer encoded = ByteBuffer.allocate(length);
    for (byte[] text : texts) {
      if (text.length > 0xFFFF) {
        throw new IllegalArgumentException(spec + " has a text of " + text.length + " bytes");
      }
      encoded.putShort((short) text.length).put(text);
    }
    return encoded.putShort((short) spec.cipher().bits()).array();
  }

  private static byte[] bytes(@Nullable String text) {
    return text == null ? new byte[0] : text.getBytes(UTF_8);
  }

  /**
   * Reads all of these bytes.
   *
   * @throws IllegalArgumentException they are no key spec
   */
  public static KeySpec decode(ByteBuffer from) {
    try {
      ProviderKind provider = provider(text(from));
      String group = text(from);
      String namespace = text(from);
      String template = text(from);
      String keyFile = text(from);
      CipherSpec cipher = CipherSpec.aes(Short.toUnsignedInt(from.getShort()));
      if (from.hasRemaining()) {
        throw new IllegalArgumentException(from.remaining() + " bytes stand behind a key spec");
      }
      return new KeySpec(
          provider, group, orNull(namespace), cipher, orNull(template), orNull(keyFile));
    } catch (BufferUnderflowException | CharacterCodingException e) {
      throw new IllegalArgumentException("a key spec ends too early, or is no text", e);
    }
  }

  private static String text(ByteBuffer from) throws CharacterCodingException {
    int length = Short.toUnsignedInt(from.getShort());
    if (length > from.remaining()) {
      throw new BufferUnderflowException();
    }
    CharBuffer text = UTF_8.newDecoder().decode(from.slice(from.position(), length));
    from.position(from.position() + length);
    return text.toString();
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  private static ProviderKind provider(String text) {
    for (ProviderKind kind : ProviderKind.values()) {
      if (kind.text().equals(text)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("unknown key provider '" + text + "'");
  }
}
