/**
 * The client against a real PyKMIP server, over mutual TLS, in every protocol version that it
 * speaks. Its SQLite file, where key bytes stand in clear, is the oracle.
 */
@NullMarked
package io.cassandratde.kmip.interop;

import org.jspecify.annotations.NullMarked;
