/** Reading raw SSTable files, as somebody who stole the disk would. */
@NullMarked
package io.cassandratde.e2e.files;

import org.jspecify.annotations.NullMarked;
