/**
 * Certificates for the development KMIP server: a throwaway authority, one server and one client.
 * Never for production; the only user of BouncyCastle.
 */
@NullMarked
package io.cassandratde.tools.devca;

import org.jspecify.annotations.NullMarked;
