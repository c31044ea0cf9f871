package io.cassandratde.keys.audit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Proves a chain from its first line to its last. What a chain by itself cannot show is a change of
 * its end: the last line, lines cut off behind it, or a chain written anew. That takes a head that
 * was kept elsewhere.
 */
public final class AuditChain {

  private static final int MOST_FAULTS = 20;

  private final @Nullable String anchor;
  private final List<Fault> faults = new ArrayList<>();
  private final SortedSet<Long> open = new TreeSet<>();
  private long line;
  private long seq;
  private String hash = AuditRecord.NOTHING;
  private boolean reached;
  private boolean anySeq;

  private AuditChain(@Nullable String anchor) {
    this.anchor = anchor;
    reached = anchor == null || anchor.equals(AuditRecord.NOTHING);
  }

  /**
   * Where the chain does not hold.
   *
   * @param line counted from 1; 0: the file as a whole
   */
  public record Fault(long line, String text) {}

  /**
   * What was found.
   *
   * @param records lines that there are
   * @param seq of the last record
   * @param head SHA-256 of the last line, in hexadecimal
   * @param open numbers of intents without a result: an operation that was broken off, or still
   *     goes on
   */
  public record Result(
      long records, long seq, String head, List<Fault> faults, SortedSet<Long> open) {
    public boolean whole() {
      return faults.isEmpty();
    }
  }

  /**
   * Reads all of a file.
   *
   * @param anchor a head that the chain must have had once; null: none is known
   */
  public static Result verify(Path file, @Nullable String anchor) throws IOException {
    AuditChain chain = new AuditChain(anchor);
    synchronized (AuditFile.THREADS) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
          FileLock lock = channel.lock(0, Long.MAX_VALUE, true)) {
        chain.read(new BufferedInputStream(Channels.newInputStream(channel)));
      }
    }
    return chain.result();
  }

  private void read(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0; next = in.read()) {
      if (next != '\n') {
        bytes.write(next);
        if (bytes.size() > AuditFile.LONGEST) {
          line++;
          fault(line, "is longer than any record: the rest of the file was not read");
          return;
        }
        continue;
      }
      line++;
      line(bytes.toByteArray());
      bytes.reset();
    }
    if (bytes.size() > 0) {
      line++;
      fault(line, "has no end: a crash or a full disk while it was written, or it was cut");
    }
  }

  private void line(byte[] text) {
    String before = hash;
    hash = AuditRecord.hash(text);
    reached |= hash.equals(anchor);
    AuditRecord record;
    try {
      record = AuditRecord.parse(text);
    } catch (AuditRecord.MalformedException e) {
      fault(line, "is no record: " + e.getMessage());
      anySeq = true; // the next one's number has nothing to follow
      return;
    }
    long expected = seq + 1;
    if (!anySeq && record.seq() > expected) {
      fault(
          line,
          seq == 0
              ? "is record %d: the beginning of the chain is gone".formatted(record.seq())
              : "is record %d and follows record %d: lines were dropped, or changed places"
                  .formatted(record.seq(), seq));
    } else if (!anySeq && record.seq() < expected) {
      fault(
          line,
          "is record %d and follows record %d: lines changed places, or were repeated"
              .formatted(record.seq(), seq));
    } else if (!record.previous().equals(before)) {
      fault(
          line == 1 ? 1 : line - 1,
          line == 1
              ? "is not where a chain begins"
              : "is not the line that line %d was chained to: it was changed, or that link was"
                  .formatted(line));
    }
    anySeq = false;
    seq = record.seq();
    if (record.phase().equals(AuditRecord.INTENT)) {
      open.add(record.seq());
    } else {
      open.remove(record.intent());
    }
  }

  private void fault(long where, String text) {
    if (faults.size() < MOST_FAULTS) {
      faults.add(new Fault(where, text));
    }
  }

  private Result result() {
    if (!reached) {
      faults.add(
          new Fault(
              0,
              "no line has the hash %s: lines were cut off the end, or the chain was written anew"
                  .formatted(anchor)));
    }
    return new Result(line, seq, hash, List.copyOf(faults), open);
  }
}
