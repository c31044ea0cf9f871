package io.cassandratde.kmip.devserver;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The managed objects. */
final class ObjectStore {
  private ObjectStore() {}

  static ObjectStore open(@Nullable Path file) {
    return new ObjectStore();
  }
}
