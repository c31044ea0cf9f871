@NullMarked
package io.cassandratde.tools.audit;

import org.jspecify.annotations.NullMarked;
