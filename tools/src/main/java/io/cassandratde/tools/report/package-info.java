/** What an operator keeps and shows of keys and their replacement: one HTML file. */
@NullMarked
package io.cassandratde.tools.report;

import org.jspecify.annotations.NullMarked;
