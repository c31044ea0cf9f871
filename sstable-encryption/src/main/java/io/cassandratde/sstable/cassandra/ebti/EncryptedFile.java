package io.cassandratde.sstable.cassandra.ebti;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.Set;
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
public final class EncryptedFile extends File {

  private static final Set<StandardOpenOption> READ = EnumSet.of(StandardOpenOption.READ);

  private final Path plain;
  private final String component;
  private final ComponentKeys keys;
  private final boolean inClear;

  EncryptedFile(Path path, String component, ComponentKeys keys) {
    this(path, component, keys, isSasi(component));
  }

  /**
   * SASI reads its index by {@link #newReadChannel}, so these files are never streamed whole; the
   * receiver builds them.
   */
  public static boolean isSasi(String component) {
    return component.startsWith("SI_");
  }

  private EncryptedFile(Path path, String component, ComponentKeys keys, boolean inClear) {
    super(path);
    this.plain = path;
    this.component = component;
    this.keys = keys;
    this.inClear = inClear;
  }

  /** Opens the content in clear. */
  FileChannel open(Set<StandardOpenOption> options) throws IOException {
    if (!options.contains(StandardOpenOption.WRITE)
        && !options.contains(StandardOpenOption.APPEND)) {
      return keys.isPlain()
          ? FileChannel.open(plain, options)
          : EbtiRuntime.get().pages().read(plain, component, keys::keysWith);
    }
    if (keys.isPlain()) {
      return FileChannel.open(plain, options);
    }
    ComponentKeys.Sealing sealing = keys.sealing();
    return EbtiRuntime.get()
        .pages()
        .write(plain, options, component, sealing.keys(), sealing.keyId());
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
    return inClear ? channel(READ) : super.newReadChannel();
  }

  @Override
  public FileInputStreamPlus newInputStream() throws NoSuchFileException {
    return new FileInputStreamPlus(new EncryptedFile(plain, component, keys, true));
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
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public File withSuffix(String suffix) {
    return new EncryptedFile(
        plain.resolveSibling(plain.getFileName() + suffix), component, keys, inClear);
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
