/**
 * What happens when the server is the enemy: servers that break every rule of TLS, framing and
 * KMIP, and a fuzzer over everything that reads what a server sent.
 */
@NullMarked
package io.cassandratde.kmip.hostile;

import org.jspecify.annotations.NullMarked;
