package io.cassandratde.kmip.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * Marks tests that need the official OASIS files. {@code scripts/test} leaves them out, and says
 * so, where the files are not to be had; see docs/TESTING.md.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("official-cases")
@interface OfficialCases {}
