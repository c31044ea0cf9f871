package io.cassandratde.keys.kmip;

import io.cassandratde.keys.DataKey;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.KmipHost;
import org.jspecify.annotations.Nullable;

/** What this process gets of a key: its material, or no more than proof of which key it is. */
interface KeyAccess {

  /**
   * The key as this host has it.
   *
   * @param host null: the first that answers
   */
  DataKey key(@Nullable KmipHost host, int groupTag, String id) throws KmipException;
}
