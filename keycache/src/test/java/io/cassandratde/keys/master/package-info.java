@NullMarked
package io.cassandratde.keys.master;

import org.jspecify.annotations.NullMarked;
