/** What the commands record in the audit log, whose form is that of {@code keys.audit}. */
@NullMarked
package io.cassandratde.tools.audit;

import org.jspecify.annotations.NullMarked;
