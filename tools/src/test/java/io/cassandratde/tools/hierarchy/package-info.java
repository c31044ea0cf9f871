@NullMarked
package io.cassandratde.tools.hierarchy;

import org.jspecify.annotations.NullMarked;
