/** Tests of the ttlv package. See docs/TESTING.md for what they are held against. */
@NullMarked
package io.cassandratde.kmip.ttlv;

import org.jspecify.annotations.NullMarked;
