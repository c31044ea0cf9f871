/** The report, as text and as a browser shows it. */
@NullMarked
package io.cassandratde.tools.report;

import org.jspecify.annotations.NullMarked;
