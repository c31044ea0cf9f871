/**
 * A KMIP server for development and tests, for what other free servers lack: dates, ReKey, custom
 * attributes. It keeps keys in clear, says DEVELOPMENT ONLY when it starts and never enters the
 * server jar.
 */
@NullMarked
package io.cassandratde.kmip.devserver;

import org.jspecify.annotations.NullMarked;
