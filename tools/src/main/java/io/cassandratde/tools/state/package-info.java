/** What a long piece of work remembers beyond its end. */
@NullMarked
package io.cassandratde.tools.state;

import org.jspecify.annotations.NullMarked;
