@NullMarked
package io.cassandratde.tools.shred;

import org.jspecify.annotations.NullMarked;
