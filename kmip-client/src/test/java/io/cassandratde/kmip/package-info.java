/** Tests of messages and the client's own types; messages are held against those of PyKMIP. */
@NullMarked
package io.cassandratde.kmip;

import org.jspecify.annotations.NullMarked;
