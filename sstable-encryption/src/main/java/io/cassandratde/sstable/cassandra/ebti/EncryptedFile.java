package io.cassandratde.sstable.cassandra.ebti;

import io.cassandratde.sstable.format.carrier.CorruptCarrierException;
import io.cassandratde.sstable.format.page.CorruptPageException;
import io.cassandratde.sstable.format.page.PageFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.Set;
import org.apache.cassandra.io.FSReadError;
import org.apache.cassandra.io.FSWriteError;
import org.apache.cassandra.io.sstable.CorruptSSTableException;
import org.apache.cassandra.io.util.File;
import org.apache.cassandra.io.util.FileInputStreamPlus;

/**
 * A file of an encrypted SSTable. Whoever reads or writes its content does so in clear; names,
 * links, deletion and moves are the plain file's.
 *
 * <p>Two things are the disk's, because streaming of whole files asks for them and hands the
 * channel to native code that wants a real one: {@link #newReadChannel} and {@link #length}. The
 * length of a file that is being written here is that of its plaintext, which is what appending
 * index writers ask for.
 */
public final class EncryptedFile extends File implements EncryptedPath.Opener {

  private static final Set<StandardOpenOption> READ = EnumSet.of(StandardOpenOption.READ);

  private final Path plain;
  private final String component;
  private final ComponentKeys keys;
  private final Channel channel;

  /** What {@link #newReadChannel} opens. */
  private enum Channel {
    /** The file on disk. */
    RAW,
    /** The content; damage is a corrupt SSTable, for callers who know no better. */
    CLEAR,
    /**
     * The content; damage is an IOException when it is read: Cassandra goes on without a filter
     * that it cannot read, and builds it anew.
     */
    STREAM
  }

  EncryptedFile(Path path, String component, ComponentKeys keys) {
    this(path, component, keys, isSasi(component) ? Channel.CLEAR : Channel.RAW);
  }

  /**
   * SASI reads its index by {@link #newReadChannel}, so these files are never streamed whole; the
   * receiver builds them.
   */
  public static boolean isSasi(String component) {
    return component.startsWith("SI_");
  }

  private EncryptedFile(Path path, String component, ComponentKeys keys, Channel channel) {
    super(path);
    this.plain = path;
    this.component = component;
    this.keys = keys;
    this.channel = channel;
  }

  /**
   * Opens the content in clear.
   *
   * @throws CorruptSSTableException it, or the carrier, is damaged; so do reads: an IOException
   *     would pass for a failure of the disk (docs/OPERATIONS.md, disk_failure_policy)
   * @throws io.cassandratde.keys.KeyException a key cannot be had
   */
  @Override
  public FileChannel open(Set<StandardOpenOption> options) throws IOException {
    boolean writes =
        options.contains(StandardOpenOption.WRITE) || options.contains(StandardOpenOption.APPEND);
    try {
      if (keys.isPlain()) {
        return FileChannel.open(plain, options);
      }
      PageFiles pages = EbtiRuntime.get().pages();
      if (!writes) {
        return channel == Channel.STREAM
            ? pages.stream(plain, component, keys::keysWith)
            : pages.read(plain, component, keys::keysWith, this::corrupt);
      }
      ComponentKeys.Sealing sealing = keys.sealing();
      return pages.write(plain, options, component, sealing.keys(), sealing.keyId());
    } catch (CorruptPageException | CorruptCarrierException e) {
      throw corrupt(e);
    }
  }

  private IOException corrupt(IOException damage) {
    throw new CorruptSSTableException(damage, plain.toString());
  }

  /** What ChannelProxy and SequentialWriter open. */
  @Override
  public Path toPath() {
    return new EncryptedPath(plain, this);
  }

  @Override
  public long length() {
    Long growing = EbtiRuntime.get().pages().lengthWhileWritten(plain);
    return growing == null ? super.length() : growing;
  }

  @Override
  public FileChannel newReadChannel() throws NoSuchFileException {
    return channel == Channel.RAW ? super.newReadChannel() : channel(READ);
  }

  @Override
  public FileInputStreamPlus newInputStream() throws NoSuchFileException {
    return new FileInputStreamPlus(new EncryptedFile(plain, component, keys, Channel.STREAM));
  }

  @Override
  public FileChannel newReadWriteChannel() throws NoSuchFileException {
    return channel(
        EnumSet.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE));
  }

  @Override
  public FileChannel newWriteChannel(WriteMode mode) throws NoSuchFileException {
    return channel(
        EnumSet.of(
            StandardOpenOption.WRITE,
            StandardOpenOption.CREATE,
            mode == WriteMode.APPEND
                ? StandardOpenOption.APPEND
                : StandardOpenOption.TRUNCATE_EXISTING));
  }

  private FileChannel channel(Set<StandardOpenOption> options) throws NoSuchFileException {
    try {
      return open(options);
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      // As Cassandra's own files fail.
      throw options.contains(StandardOpenOption.WRITE)
          ? new FSWriteError(e, plain.toString())
          : new FSReadError(e, plain.toString());
    }
  }

  @Override
  public File withSuffix(String suffix) {
    return new EncryptedFile(
        plain.resolveSibling(plain.getFileName() + suffix), component, keys, channel);
  }

  @Override
  public File toCanonical() {
    return this;
  }

  @Override
  public java.io.File toJavaIOFile() {
    return plain.toFile();
  }
}
