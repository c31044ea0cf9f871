@NullMarked
package io.cassandratde.keys.replicated;

import org.jspecify.annotations.NullMarked;
