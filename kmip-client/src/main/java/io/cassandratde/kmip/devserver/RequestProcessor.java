package io.cassandratde.kmip.devserver;

import java.io.IOException;

/** Answers request messages. Filled in by the next commit; this one fixes the server's API. */
final class RequestProcessor {
  private final DevServerSettings settings;

  RequestProcessor(DevServerSettings settings, ObjectStore store) {
    this.settings = settings;
  }

  byte[] answer(byte[] request, String client) throws IOException {
    throw new IOException("not yet: " + settings);
  }
}
