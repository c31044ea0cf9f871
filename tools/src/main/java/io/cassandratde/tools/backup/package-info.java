/** Which keys a backup needs, and whether they can still be had. */
@NullMarked
package io.cassandratde.tools.backup;

import org.jspecify.annotations.NullMarked;
