/** The proof that nothing needs a key, and what it takes to destroy one (docs/RULES.md R25). */
@NullMarked
package io.cassandratde.tools.destroy;

import org.jspecify.annotations.NullMarked;
