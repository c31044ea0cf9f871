/** What someone without a key can do to the files of an SSTable. */
@NullMarked
package io.cassandratde.e2e.mutation;

import org.jspecify.annotations.NullMarked;
