/**
 * One class per command. A command parses its arguments, calls one service and prints the result;
 * it never exits the JVM and never prints a stack trace.
 */
@NullMarked
package io.cassandratde.tools.command;

import org.jspecify.annotations.NullMarked;
