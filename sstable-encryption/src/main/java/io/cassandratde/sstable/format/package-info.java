/**
 * The chunk format, version 1: layouts, sealing sessions, subkeys and an offline scanner.
 * docs/FORMAT.md is normative.
 *
 * <pre>{@code
 * SealingSession session = pool.take(length);
 * try {
 *   int n = session.seal(InnerCompression.LZ4, plain, length, sealed);   // sealed[0..n) is one chunk
 * } finally {
 *   pool.give(session);
 * }
 * int opened = opener.open(sealed, n, plain, InnerCompression.LZ4);
 * }</pre>
 */
@NullMarked
package io.cassandratde.sstable.format;

import org.jspecify.annotations.NullMarked;
