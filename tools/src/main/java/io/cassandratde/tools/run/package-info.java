/**
 * A long piece of work on a cluster: its stages, what is shown of it, what it waits for, and what
 * is put back when it ends early.
 */
@NullMarked
package io.cassandratde.tools.run;

import org.jspecify.annotations.NullMarked;
