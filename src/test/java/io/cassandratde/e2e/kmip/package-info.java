/** Real KMIP servers as processes: PyKMIP and the project's own development server. */
@NullMarked
package io.cassandratde.e2e.kmip;

import org.jspecify.annotations.NullMarked;
