@NullMarked
package io.cassandratde.tools.rekey;

import org.jspecify.annotations.NullMarked;
