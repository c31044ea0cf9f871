package io.cassandratde.tools.rekey;

import org.jspecify.annotations.Nullable;

/**
 * A key that another one is to take the place of, as far as a run needs to know it.
 *
 * @param namespace null: none
 * @param keyFile that it is in; null: in none, or it is not known
 * @param state for the operator
 * @param gone whether it opens nothing any more
 */
public record ReplacedKey(
    String id,
    int bits,
    @Nullable String namespace,
    @Nullable String keyFile,
    String state,
    boolean gone) {}
