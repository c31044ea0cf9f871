/**
 * The official KMIP 1.4 XML cases: each one is converted, decoded and encoded again, and those
 * about key management are replayed against a live development server.
 */
@NullMarked
package io.cassandratde.kmip.conformance;

import org.jspecify.annotations.NullMarked;
