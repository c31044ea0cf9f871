/** Files of keys that belong to the user of this process alone. */
@NullMarked
package io.cassandratde.keys.files;

import org.jspecify.annotations.NullMarked;
