/**
 * Data keys in files, wrapped or sealed under a passphrase, for a cluster that is built again;
 * docs/FORMAT-KEY-COPY.md describes them.
 */
@NullMarked
package io.cassandratde.tools.export;

import org.jspecify.annotations.NullMarked;
