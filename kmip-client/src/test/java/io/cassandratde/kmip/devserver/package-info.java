/**
 * Tests of the development server, and the stores that tests of other modules start it with (they
 * come to them in this module's test-jar).
 */
@NullMarked
package io.cassandratde.kmip.devserver;

import org.jspecify.annotations.NullMarked;
