/** Tests of the operation package. See docs/TESTING.md for what they are held against. */
@NullMarked
package io.cassandratde.kmip.operation;

import org.jspecify.annotations.NullMarked;
