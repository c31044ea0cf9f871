package io.cassandratde.keys.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Who besides its owner may read a file that holds a secret. Where the file system knows no such
 * permissions, nobody.
 */
record FileReaders(Set<PosixFilePermission> permissions) {

  static FileReaders of(Path file) {
    try {
      PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
      return new FileReaders(view == null ? Set.of() : view.readAttributes().permissions());
    } catch (IOException e) {
      return new FileReaders(Set.of());
    }
  }

  boolean others() {
    return permissions.contains(PosixFilePermission.OTHERS_READ);
  }

  boolean group() {
    return permissions.contains(PosixFilePermission.GROUP_READ);
  }

  /** As ls shows it: {@code rw-r-----}. */
  @Override
  public String toString() {
    return PosixFilePermissions.toString(permissions);
  }
}
