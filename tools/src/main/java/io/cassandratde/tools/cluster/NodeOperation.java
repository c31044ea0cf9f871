package io.cassandratde.tools.cluster;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Work that a node does, or did, to bring files from under a key.
 *
 * @param kind {@code rewrite}, {@code rewrap} or {@code release}
 * @param tables as it was asked for; empty: all
 * @param started null: it waits yet
 * @param ended null: it has not ended
 * @param failures the first hundred of {@code failureCount}
 */
public record NodeOperation(
    String id,
    String kind,
    String group,
    String keyId,
    List<String> tables,
    State state,
    @Nullable Instant started,
    @Nullable Instant ended,
    long sstables,
    long sstablesDone,
    long bytes,
    long bytesDone,
    long failureCount,
    List<Failure> failures) {

  /** As the node calls it. */
  public enum State {
    WAITING,
    RUNNING,
    DONE,
    FAILED,
    CANCELLED;

    public boolean hasEnded() {
      return this == DONE || this == FAILED || this == CANCELLED;
    }
  }

  /** What was not done: the subject is a Data.db, or a table. */
  public record Failure(String subject, String reason) {

    static Failure of(Fields fields) {
      return new Failure(fields.text("subject"), fields.text("reason"));
    }
  }

  static NodeOperation of(Fields fields) {
    return new NodeOperation(
        fields.text("id"),
        fields.text("kind"),
        fields.text("group"),
        fields.text("keyId"),
        fields.texts("tables"),
        State.valueOf(fields.text("state")),
        moment(fields.optional("started")),
        moment(fields.optional("ended")),
        fields.number("SSTables"),
        fields.number("SSTablesDone"),
        fields.number("bytes"),
        fields.number("bytesDone"),
        fields.number("failureCount"),
        fields.all("failures", Failure::of));
  }

  private static @Nullable Instant moment(@Nullable String text) {
    return text == null ? null : Instant.parse(text);
  }
}
