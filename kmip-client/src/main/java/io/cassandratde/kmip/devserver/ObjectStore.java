package io.cassandratde.kmip.devserver;

import io.cassandratde.kmip.ttlv.TtlvItem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The managed objects, in memory and, if asked, in one file that is replaced as a whole after every
 * change: a temporary file of mode 600, forced to disk, renamed, and its directory forced.
 *
 * <p>Whoever reads or changes objects holds {@link #lock()}, for a whole request: a development
 * server needs no more concurrency than that, and batches become atomic.
 */
final class ObjectStore {
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, ManagedObject> objects = new LinkedHashMap<>();
  private final @Nullable Path file;
  private long nextSequence;

  private ObjectStore(@Nullable Path file) {
    this.file = file;
  }

  /** Reads the file if there is one; null keeps objects in memory only. */
  static ObjectStore open(@Nullable Path file) throws IOException {
    ObjectStore store = new ObjectStore(file == null ? null : file.toAbsolutePath());
    if (file != null && Files.exists(file)) {
      try {
        store.read(Files.readAllBytes(file));
      } catch (KmipFailure e) {
        throw new IOException("not a store of this server: " + file + ": " + e.getMessage(), e);
      }
    }
    return store;
  }

  ReentrantLock lock() {
    return lock;
  }

  @Nullable ManagedObject get(String id) {
    return objects.get(id);
  }

  long nextSequence() {
    return nextSequence++;
  }

  void add(ManagedObject object) {
    objects.put(object.id(), object);
  }

  /** Newest first. */
  List<ManagedObject> newestFirst() {
    List<ManagedObject> all = new ArrayList<>(objects.values());
    all.sort(Comparator.comparingLong(ManagedObject::sequence).reversed());
    return all;
  }

  /** What {@link #restore} goes back to. */
  List<ManagedObject> snapshot() {
    return objects.values().stream().map(ManagedObject::copy).toList();
  }

  void restore(List<ManagedObject> snapshot) {
    objects.clear();
    snapshot.forEach(this::add);
  }

  /** Makes everything so far survive a crash. */
  void save() throws IOException {
    if (file == null) {
      return;
    }
    Path directory = Objects.requireNonNull(file.getParent(), "no file is a root directory");
    Path temporary = directory.resolve(file.getFileName() + ".new");
    Files.deleteIfExists(temporary);
    // The mode is given at creation: there is no moment in which others could open the file.
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer bytes = ByteBuffer.wrap(Wire.encode(content()));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  // The file is TTLV too, in structures of KMIP's own tags, so that one codec serves for all.

  private TtlvItem content() {
    Build content = new Build("ResponsePayload").integer("LocatedItems", (int) nextSequence);
    for (ManagedObject object : objects.values()) {
      Build entry =
          new Build("BatchItem")
              .text("UniqueIdentifier", object.id())
              .text("Username", object.owner())
              .enumeration("ObjectType", object.type().code())
              .integer("OffsetItems", (int) object.sequence());
      for (String name : object.storedNames()) {
        object
            .values(name, Instant.EPOCH)
            .forEach(
                (index, value) ->
                    entry.item(
                        new Build("Attribute")
                            .text("AttributeName", name)
                            .integer("AttributeIndex", index)
                            .item(value)
                            .build()));
      }
      TtlvItem body = object.body();
      if (body != null) {
        entry.item(body);
      }
      content.item(entry.build());
    }
    return content.build();
  }

  private void read(byte[] bytes) {
    Fields content = Fields.of(Wire.decode(bytes));
    nextSequence = content.requireInteger("LocatedItems");
    for (Fields entry : content.structures("BatchItem")) {
      ObjectType type = ObjectType.of(entry.requireInteger("ObjectType"));
      ManagedObject object =
          new ManagedObject(
              entry.requireText("UniqueIdentifier"),
              entry.requireText("Username"),
              type,
              entry.requireInteger("OffsetItems"),
              entry.item(type.tag()));
      for (Fields attribute : entry.structures("Attribute")) {
        object.put(
            attribute.requireText("AttributeName"),
            attribute.requireInteger("AttributeIndex"),
            attribute.require("AttributeValue"));
      }
      add(object);
    }
  }
}
