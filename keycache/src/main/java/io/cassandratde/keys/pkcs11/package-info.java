/**
 * Master keys in a PKCS#11 token, such as an HSM, by the JDK's SunPKCS11. They wrap and unwrap
 * inside the token and never leave it.
 */
@NullMarked
package io.cassandratde.keys.pkcs11;

import org.jspecify.annotations.NullMarked;
