@NullMarked
package io.cassandratde.keys.pkcs11;

import org.jspecify.annotations.NullMarked;
