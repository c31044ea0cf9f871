/**
 * Choice of the JCE provider that seals and opens: the configured one, else Amazon Corretto's if it
 * works, else the JDK's.
 *
 * <p>A configured provider that is absent or fails its self-test is an error, never a silent
 * substitute.
 */
@NullMarked
package io.cassandratde.keys.crypto;

import org.jspecify.annotations.NullMarked;
