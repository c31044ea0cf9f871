@NullMarked
package io.cassandratde.keys.audit;

import org.jspecify.annotations.NullMarked;
