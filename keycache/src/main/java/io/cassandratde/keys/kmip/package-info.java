/**
 * Keys from KMIP servers: which key is current, how a first key is elected and proved, and what
 * operators do with keys.
 *
 * <p>{@link KmipKeyProvider} is the adapter; {@link KeySelection} and {@link KeyElection} hold
 * docs/RULES.md R14 to R16.
 */
@NullMarked
package io.cassandratde.keys.kmip;

import org.jspecify.annotations.NullMarked;
