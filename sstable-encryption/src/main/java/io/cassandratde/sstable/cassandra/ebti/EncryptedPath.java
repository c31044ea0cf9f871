package io.cassandratde.sstable.cassandra.ebti;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The path of an encrypted file: in all but its file system the plain path. The JDK opens files
 * through the provider of their path's file system, and this one's opens them in clear.
 */
class EncryptedPath implements Path {

  /** How the content of a file is opened, in clear. */
  interface Opener {
    FileChannel open(Set<StandardOpenOption> options) throws IOException;

    /** The file was deleted. */
    default void deleted() throws IOException {}
  }

  private final Path plain;
  private final Opener opener;

  EncryptedPath(Path plain, Opener opener) {
    this.plain = plain;
    this.opener = opener;
  }

  static Path plain(Path path) {
    return path instanceof EncryptedPath encrypted ? encrypted.plain : path;
  }

  Opener opener() {
    return opener;
  }

  @Override
  public FileSystem getFileSystem() {
    return EncryptedFileSystem.INSTANCE;
  }

  @Override
  public boolean isAbsolute() {
    return plain.isAbsolute();
  }

  @Override
  public @Nullable Path getRoot() {
    return plain.getRoot();
  }

  @Override
  public @Nullable Path getFileName() {
    return plain.getFileName();
  }

  @Override
  public @Nullable Path getParent() {
    return plain.getParent();
  }

  @Override
  public int getNameCount() {
    return plain.getNameCount();
  }

  @Override
  public Path getName(int index) {
    return plain.getName(index);
  }

  @Override
  public Path subpath(int begin, int end) {
    return plain.subpath(begin, end);
  }

  @Override
  public boolean startsWith(Path other) {
    return plain.startsWith(plain(other));
  }

  @Override
  public boolean endsWith(Path other) {
    return plain.endsWith(plain(other));
  }

  @Override
  public Path normalize() {
    return plain.normalize();
  }

  @Override
  public Path resolve(Path other) {
    return plain.resolve(plain(other));
  }

  @Override
  public Path relativize(Path other) {
    return plain.relativize(plain(other));
  }

  @Override
  public URI toUri() {
    return plain.toUri();
  }

  @Override
  public Path toAbsolutePath() {
    return plain.toAbsolutePath();
  }

  @Override
  public Path toRealPath(LinkOption... options) throws IOException {
    return plain.toRealPath(options);
  }

  @Override
  public WatchKey register(
      WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers)
      throws IOException {
    return plain.register(watcher, events, modifiers);
  }

  @Override
  public int compareTo(Path other) {
    return plain.compareTo(plain(other));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Path path && plain.equals(plain(path));
  }

  @Override
  public int hashCode() {
    return plain.hashCode();
  }

  @Override
  public String toString() {
    return plain.toString();
  }
}
