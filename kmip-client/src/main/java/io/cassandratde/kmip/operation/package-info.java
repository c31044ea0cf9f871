/**
 * The operations of KMIP, one record each: the request with its fields, how it is written for each
 * protocol version, how its answer is read. To be given to {@code KmipClient.call}.
 */
@NullMarked
package io.cassandratde.kmip.operation;

import org.jspecify.annotations.NullMarked;
