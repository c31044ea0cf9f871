/**
 * What operators see: tables, JSON, and dates in DSE's form. Pure formatting, so that every command
 * prints alike.
 */
@NullMarked
package io.cassandratde.tools.output;

import org.jspecify.annotations.NullMarked;
