package io.cassandratde.sstable.cassandra.ebti;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Opens encrypted files in clear, and does all else as the plain file system does. */
final class EncryptedFileProvider extends FileSystemProvider {

  private final EncryptedFileSystem fileSystem;
  private final FileSystemProvider plain;

  EncryptedFileProvider(EncryptedFileSystem fileSystem, FileSystemProvider plain) {
    this.fileSystem = fileSystem;
    this.plain = plain;
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    Set<StandardOpenOption> standard = EnumSet.noneOf(StandardOpenOption.class);
    for (OpenOption option : options) {
      if (!(option instanceof StandardOpenOption known)) {
        throw new UnsupportedOperationException("option " + option + " for an encrypted file");
      }
      standard.add(known);
    }
    return ((EncryptedPath) path).opener().open(standard);
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return newFileChannel(path, options, attributes);
  }

  @Override
  public String getScheme() {
    return "cassandra-tde";
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
    throw new UnsupportedOperationException("there is one, for the files of encrypted SSTables");
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    return fileSystem;
  }

  @Override
  public Path getPath(URI uri) {
    throw new UnsupportedOperationException("encrypted files have no address of their own: " + uri);
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path directory, DirectoryStream.Filter<? super Path> filter) throws IOException {
    return plain.newDirectoryStream(EncryptedPath.plain(directory), filter);
  }

  @Override
  public void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
    plain.createDirectory(EncryptedPath.plain(directory), attributes);
  }

  @Override
  public void createLink(Path link, Path existing) throws IOException {
    plain.createLink(EncryptedPath.plain(link), EncryptedPath.plain(existing));
  }

  @Override
  public void delete(Path path) throws IOException {
    plain.delete(EncryptedPath.plain(path));
    if (path instanceof EncryptedPath encrypted) {
      encrypted.opener().deleted();
    }
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) throws IOException {
    plain.copy(EncryptedPath.plain(source), EncryptedPath.plain(target), options);
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    plain.move(EncryptedPath.plain(source), EncryptedPath.plain(target), options);
  }

  @Override
  public boolean isSameFile(Path one, Path other) throws IOException {
    return plain.isSameFile(EncryptedPath.plain(one), EncryptedPath.plain(other));
  }

  @Override
  public boolean isHidden(Path path) throws IOException {
    return plain.isHidden(EncryptedPath.plain(path));
  }

  @Override
  public FileStore getFileStore(Path path) throws IOException {
    return plain.getFileStore(EncryptedPath.plain(path));
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    plain.checkAccess(EncryptedPath.plain(path), modes);
  }

  @Override
  public <V extends FileAttributeView> @Nullable V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    return plain.getFileAttributeView(EncryptedPath.plain(path), type, options);
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    return plain.readAttributes(EncryptedPath.plain(path), type, options);
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
      throws IOException {
    return plain.readAttributes(EncryptedPath.plain(path), attributes, options);
  }

  @Override
  public void setAttribute(Path path, String attribute, Object value, LinkOption... options)
      throws IOException {
    plain.setAttribute(EncryptedPath.plain(path), attribute, value, options);
  }
}
