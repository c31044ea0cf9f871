package io.cassandratde.tools.approval;

import io.cassandratde.tools.output.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request with the approvals that it has, as a file that goes from hand to hand. */
final class ApprovalFile {

  static final String FORMAT = "cassandra-tde-approval";
  static final int VERSION = 1;

  /** A request names a handful of keys, and a keyspace some hundred tables. */
  static final int MOST_BYTES = 1 << 20;

  private final Path file;
  private final byte[] content;
  private final ApprovalRequest request;
  private final List<Approval> approvals;

  private ApprovalFile(
      Path file, byte[] content, ApprovalRequest request, List<Approval> approvals) {
    this.file = file;
    this.content = content;
    this.request = request;
    this.approvals = List.copyOf(approvals);
  }

  /** A file that is no request, or one that this release does not understand. */
  static final class NoApprovalException extends IOException {
    private static final long serialVersionUID = 1L;

    NoApprovalException(Path file, String why) {
      super(file + " is no request for approval that this release reads: " + why);
    }
  }

  /** Somebody else wrote to the file meanwhile. */
  static final class ChangedException extends IOException {
    private static final long serialVersionUID = 1L;

    ChangedException(Path file) {
      super(file + " was changed while you looked at it; look again");
    }
  }

  Path path() {
    return file;
  }

  ApprovalRequest request() {
    return request;
  }

  List<Approval> approvals() {
    return approvals;
  }

  /**
   * Reads it; nothing in it is believed yet.
   *
   * @throws NoApprovalException it is none
   */
  static ApprovalFile read(Path file) throws IOException {
    byte[] content = bytes(file);
    try {
      return ApprovalJson.read(
          content, (request, approvals) -> new ApprovalFile(file, content, request, approvals));
    } catch (IllegalArgumentException e) {
      throw new NoApprovalException(file, String.valueOf(e.getMessage()));
    }
  }

  private static byte[] bytes(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(MOST_BYTES + 1);
      if (content.length > MOST_BYTES) {
        throw new NoApprovalException(file, "it is longer than " + MOST_BYTES + " bytes");
      }
      return content;
    }
  }

  /**
   * Writes a request that nobody has approved yet.
   *
   * @throws FileAlreadyExistsException never over anything
   * @throws NoApprovalException it could not be read again
   */
  static void create(Path file, ApprovalRequest request) throws IOException {
    byte[] json = json(request, List.of());
    try {
      var unused = ApprovalJson.read(json, (read, none) -> read);
    } catch (IllegalArgumentException e) {
      throw new NoApprovalException(file, String.valueOf(e.getMessage()));
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      write(channel, json);
    }
  }

  /**
   * Adds an approval, if the file is still what was read; whole or not at all.
   *
   * @throws ChangedException it is another one by now: nothing was added
   */
  void add(Approval approval) throws IOException {
    List<Approval> all = new ArrayList<>(approvals);
    all.add(approval);
    // Who waits here while another adds his, locks a file that is none any more and finds another.
    try (FileChannel lock = FileChannel.open(file, StandardOpenOption.WRITE);
        FileLock held = lock.lock()) {
      if (!held.isValid() || !Arrays.equals(bytes(file), content)) {
        throw new ChangedException(file);
      }
      replace(json(request, all));
    }
  }

  private void replace(byte[] json) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    Path temporary = Files.createTempFile(directory, ".approval", ".tmp");
    try {
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        write(channel, json);
      }
      PosixFileAttributeView before =
          Files.getFileAttributeView(file, PosixFileAttributeView.class);
      if (before != null) {
        Files.setPosixFilePermissions(temporary, before.readAttributes().permissions());
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static void write(FileChannel channel, byte[] json) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(json);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    channel.force(true);
  }

  private static byte[] json(ApprovalRequest request, List<Approval> approvals) {
    Subject subject = request.subject();
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("format", FORMAT);
    tree.put("version", VERSION);
    tree.put("operation", subject.act().word());
    tree.put("cluster", subject.cluster());
    tree.put("keyspace", subject.keyspace());
    List<Object> keys = new ArrayList<>();
    for (SubjectKey key : subject.keys()) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("group", key.group());
      entry.put("id", key.id());
      entry.put("check_value", key.checkValue());
      keys.add(entry);
    }
    tree.put("keys", keys);
    tree.put("table_ids", subject.tableIds());
    tree.put("requester", request.requester());
    tree.put("reason", request.reason());
    tree.put("created", request.created().toString());
    tree.put("expires", request.expires().toString());
    tree.put("nonce", request.nonce());
    List<Object> signed = new ArrayList<>();
    for (Approval approval : approvals) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("approver", approval.approver());
      entry.put("at", approval.at().toString());
      entry.put("signature", approval.signature());
      signed.add(entry);
    }
    tree.put("approvals", signed);
    return (Json.of(tree) + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
