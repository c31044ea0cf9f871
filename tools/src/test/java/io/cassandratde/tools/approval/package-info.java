@NullMarked
package io.cassandratde.tools.approval;

import org.jspecify.annotations.NullMarked;
