/**
 * Attributes of managed objects: a typed immutable bag and its two forms on the wire, name, index
 * and value in KMIP 1.x and tags of their own in 2.x.
 */
@NullMarked
package io.cassandratde.kmip.attribute;

import org.jspecify.annotations.NullMarked;
