/** Tests of the attribute package. See docs/TESTING.md for what they are held against. */
@NullMarked
package io.cassandratde.kmip.attribute;

import org.jspecify.annotations.NullMarked;
