/** The file that a long run goes on from. */
@org.jspecify.annotations.NullMarked
package io.cassandratde.tools.state;
