/**
 * Bytes to and from KMIP servers: mutual TLS, framing, deadlines, pooling and ordered fail-over.
 *
 * <p>It knows nothing of operations: {@link io.cassandratde.kmip.KmipClient} makes the messages.
 */
@NullMarked
package io.cassandratde.kmip.transport;

import org.jspecify.annotations.NullMarked;
