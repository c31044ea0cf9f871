/** Which keys backups elsewhere need, and until when, as the nodes of a cluster keep it. */
@NullMarked
package io.cassandratde.tools.hold;

import org.jspecify.annotations.NullMarked;
