/**
 * A Java agent for tests, loaded into the node: it leaves out the encryption of one part of the
 * node's files, so that a test of encryption can be seen to fail. The product has no such switch.
 */
@NullMarked
package io.cassandratde.e2e.agent;

import org.jspecify.annotations.NullMarked;
