package io.cassandratde.sstable.cassandra;

import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeySpec;
import io.cassandratde.keys.ProviderKind;
import io.cassandratde.keys.config.EncryptionOptions;
import io.cassandratde.keys.config.LegacyCiphers;
import io.cassandratde.keys.runtime.TdeRuntime;
import io.cassandratde.sstable.format.InnerCompression;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.cassandra.config.Config.FlushCompression;
import org.apache.cassandra.config.DatabaseDescriptor;
import org.apache.cassandra.exceptions.ConfigurationException;
import org.apache.cassandra.io.compress.ICompressor;

/**
 * What create() makes of a table's compression options.
 *
 * @param raw the options as Cassandra gave them: the compressor's identity towards schema
 *     comparison
 * @param origin for what the compressor is
 * @param spec whose keys seal; for opening only a hint, as each chunk names its key
 * @param supported every option name that Cassandra may find
 */
public record CodecOptions(
    Map<String, String> raw,
    Origin origin,
    KeySpec spec,
    InnerCodec inner,
    Set<String> supported,
    List<String> warnings) {

  /** How one compressor class differs from the others. */
  public record Inner(
      InnerCompression code,
      Set<String> optionNames,
      Function<Map<String, String>, ICompressor> factory) {}

  /** For {@code Encryptor}: no compression. */
  public static CodecOptions encryptOnly(Map<String, String> options) {
    return read(options, Set.of(), own -> InnerCodec.none());
  }

  /** For a class that compresses first. */
  public static CodecOptions compressing(Map<String, String> options, Inner inner) {
    return read(
        options,
        inner.optionNames(),
        own -> InnerCodec.of(inner.code(), inner.factory().apply(own)));
  }

  private static CodecOptions read(
      Map<String, String> options,
      Set<String> innerNames,
      Function<Map<String, String>, InnerCodec> factory) {
    Origin origin = Origin.ofCaller();
    try {
      if (origin == Origin.TABLE) {
        refuseUncompressedFlush();
      }
      // What is on disk must open whatever the policy has become meanwhile.
      LegacyCiphers policy =
          origin.seals() ? TdeRuntime.get().config().legacyCiphers() : LegacyCiphers.UPGRADE;
      EncryptionOptions encryption = EncryptionOptions.parse(options, innerNames, policy);
      InnerCodec inner = factory.apply(encryption.innerOptions());
      if (origin == Origin.TABLE) {
        refuseChunksByToken(encryption.spec());
      }
      if (origin == Origin.TABLE && SchemaStatement.isExecuting()) {
        requireKeyFile(encryption.spec());
      }
      if (origin == Origin.TABLE) {
        // Refuses a group that the configuration does not have, and starts to fetch the key. No
        // network on this thread.
        var unused = CodecRuntime.get().pool(encryption.spec());
        SchemaWatch.register();
      } else if (origin == Origin.LOG_WRITER) {
        LogSettings.check();
        var unused = CodecRuntime.get().logPool(encryption.spec());
      }
      Set<String> supported = new LinkedHashSet<>(EncryptionOptions.names());
      supported.addAll(innerNames);
      return new CodecOptions(
          Map.copyOf(options),
          origin,
          encryption.spec(),
          inner,
          Collections.unmodifiableSet(supported),
          encryption.warnings());
    } catch (KeyException | IllegalArgumentException e) {
      if (origin == Origin.LOG_READER) {
        FragileReader.ofCaller().stopUnread(e);
      }
      throw new ConfigurationException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Flushes would wait for a key file that is not there, and with them DROP, drain and the start
   * after a crash (docs/RULES.md R20).
   */
  private static void requireKeyFile(KeySpec spec) {
    try {
      TdeRuntime.get().keys().checkKeyFile(spec);
    } catch (KeyException e) {
      throw new ConfigurationException(
          "%s of this statement cannot be sealed with, so every flush of the table would wait for it: "
                  .formatted(
                      switch (spec.provider()) {
                        case LOCAL -> "'secret_key_file'";
                        case KMIP -> "'kmip_host'";
                        case REPLICATED -> "'system_key_file' (" + spec.group() + ")";
                        case PKCS11 -> "'pkcs11'";
                      })
              + e.getMessage()
              + ". Nothing was changed; every node of the cluster needs it before the statement is given again",
          e);
    }
  }

  /** Chunks are sealed by the key itself, and a token wraps keys alone. */
  private static void refuseChunksByToken(KeySpec spec) {
    if (spec.provider() == ProviderKind.PKCS11
        && DatabaseDescriptor.isDaemonInitialized()
        && !TableGuard.writesSealedFormat()) {
      throw new ConfigurationException(
          "Pkcs11KeyProviderFactory needs the SSTable format ebti, whose data keys the token wraps: its own key never"
              + " leaves it. Write `sstable: {selected_format: ebti}` in cassandra.yaml of every node and restart, or use"
              + " ReplicatedKeyProviderFactory under a master key in the token");
    }
  }

  /**
   * {@code flush_compression: none} makes Cassandra flush every compressed table with its Noop
   * compressor, in plaintext, and no compressor is asked (DataComponent.buildCompressionParams;
   * docs/RULES.md R24). At start this runs for every encrypted table of the schema and ends the
   * start. Format ebti seals whatever compresses.
   */
  static void refuseUncompressedFlush() {
    if (DatabaseDescriptor.isDaemonInitialized()
        && DatabaseDescriptor.getFlushCompression() == FlushCompression.none
        && !TableGuard.writesSealedFormat()) {
      throw new ConfigurationException(
          "flush_compression: none would flush encrypted tables in plaintext: take it out of cassandra.yaml ('fast' and 'table'"
              + " both encrypt), or select the SSTable format ebti, which encrypts in any case");
    }
  }
}
