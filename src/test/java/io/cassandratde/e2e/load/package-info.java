/** Mixed load on a node, with a model that knows what every read must give. */
@NullMarked
package io.cassandratde.e2e.load;

import org.jspecify.annotations.NullMarked;
