/**
 * Keys in local files, in DSE's system key format {@code <cipher>:<bits>:<base64>}, mode 600.
 *
 * <p>{@link SystemKeyFile} is the file, {@link LocalKeyProvider} serves tables from it.
 */
@NullMarked
package io.cassandratde.keys.local;

import org.jspecify.annotations.NullMarked;
