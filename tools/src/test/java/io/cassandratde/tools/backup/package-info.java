@NullMarked
package io.cassandratde.tools.backup;

import org.jspecify.annotations.NullMarked;
