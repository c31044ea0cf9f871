/**
 * The configuration file and the table options: DSE's form and ours, refused with file, line, key
 * and remedy.
 *
 * <p>{@link TdeConfig} is the whole file, {@link EncryptionOptions} the options of one table.
 */
@NullMarked
package io.cassandratde.keys.config;

import org.jspecify.annotations.NullMarked;
