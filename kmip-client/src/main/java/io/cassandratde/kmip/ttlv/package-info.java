/**
 * TTLV, the binary encoding of KMIP messages: items, encoder, bounded decoder, tag and enumeration
 * names, redacted dumps. Knows nothing of operations.
 */
@NullMarked
package io.cassandratde.kmip.ttlv;

import org.jspecify.annotations.NullMarked;
