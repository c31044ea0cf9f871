package io.cassandratde.tools.hold;

/**
 * A key that a backup needs.
 *
 * @param group its name, or {@code tag:} and eight digits where nobody knows the name
 * @param checkValue eight hexadecimal digits; empty: not known
 */
public record HeldKey(String group, String keyId, String checkValue) {}
