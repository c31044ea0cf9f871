package io.cassandratde.kmip;

import org.jspecify.annotations.Nullable;

/**
 * What became of one operation of a batch. One that was refused tells nothing of the others.
 *
 * @param reply null: it was refused, or not reached
 * @param refusal null: it was answered, or not reached
 */
public record BatchAnswer<R>(@Nullable Reply<R> reply, @Nullable KmipException refusal) {

  static <R> BatchAnswer<R> notReached() {
    return new BatchAnswer<>(null, null);
  }

  /**
   * Whether there is an answer at all: a server may end a batch at a refusal, whatever it was asked
   * to do. The operation can be sent again on its own.
   */
  public boolean reached() {
    return reply != null || refusal != null;
  }

  /**
   * The reply.
   *
   * @throws KmipException the refusal
   * @throws IllegalStateException if it was not {@link #reached}
   */
  public Reply<R> get() throws KmipException {
    if (refusal != null) {
      throw refusal;
    }
    if (reply == null) {
      throw new IllegalStateException("the server ended the batch before this operation");
    }
    return reply;
  }
}
