package io.cassandratde.kmip.devserver;

import io.cassandratde.kmip.ttlv.TtlvItem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Lets the replay of official cases make a server send its own messages. */
public final class ServerMessages {
  private ServerMessages() {}

  /**
   * Sends Put or Notify about the object that the official payload names, or the official payload
   * itself for everything else; returns the client's answer.
   */
  public static TtlvItem call(KmipDevServer server, String operation, TtlvItem officialPayload) {
    Fields official = Fields.of(officialPayload);
    ClientCalls calls = server.clientCalls();
    try {
      return switch (operation) {
        case "Put" -> calls.put(official.requireText("UniqueIdentifier"));
        case "Notify" -> calls.notify(official.requireText("UniqueIdentifier"), names(official));
        default -> calls.ask(operation, officialPayload);
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> names(Fields official) {
    return official.structures("Attribute").stream()
        .map(attribute -> attribute.requireText("AttributeName"))
        .toList();
  }
}
