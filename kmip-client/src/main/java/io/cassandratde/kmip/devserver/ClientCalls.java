package io.cassandratde.kmip.devserver;

import io.cassandratde.kmip.ttlv.TtlvItem;
import java.io.IOException;
import java.util.Collection;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Messages from the server to a client (KMIP 1.4 specification, chapter 5): Put and Notify about an
 * object, and Query and DiscoverVersions about the client itself.
 */
final class ClientCalls {
  private static final int PUT_NEW = 1;
  private static final int ANSWER_SECONDS = 20;
  private static final int VERSION = 104;

  private final Connection connection;
  private final ObjectStore store;
  private final DevServerSettings settings;

  ClientCalls(Connection connection, ObjectStore store, DevServerSettings settings) {
    this.connection = connection;
    this.store = store;
    this.settings = settings;
  }

  /** Sends an object with all its attributes. */
  TtlvItem put(String id) throws IOException {
    Exchange exchange = new Exchange(settings, store, "", VERSION);
    ManagedObject object = object(id);
    Build payload =
        new Build("RequestPayload")
            .text("UniqueIdentifier", id)
            .enumeration("PutFunction", PUT_NEW);
    TtlvItem body = object.body();
    if (body != null) {
      payload.item(body);
    }
    attributes(object, new AttributeAccess(exchange).visibleNames(object), payload, exchange);
    return ask("Put", payload.build());
  }

  /** Sends the attributes of an object that have changed. */
  TtlvItem notify(String id, Collection<String> names) throws IOException {
    Exchange exchange = new Exchange(settings, store, "", VERSION);
    Build payload = new Build("RequestPayload").text("UniqueIdentifier", id);
    attributes(object(id), names, payload, exchange);
    return ask("Notify", payload.build());
  }

  /** Sends any operation; the client's answer is returned as it came. */
  TtlvItem ask(String operation, TtlvItem payload) throws IOException {
    TtlvItem message =
        new Build("RequestMessage")
            .structure(
                new Build("RequestHeader")
                    .structure(QueryOperations.version(VERSION))
                    .integer("BatchCount", 1))
            .structure(
                new Build("BatchItem")
                    .enumeration("Operation", Wire.enumeration("Operation", operation))
                    .item(payload))
            .build();
    try {
      byte[] answer = connection.call(Wire.encode(message)).get(ANSWER_SECONDS, TimeUnit.SECONDS);
      return Wire.decode(answer);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the client does not answer " + operation, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private ManagedObject object(String id) throws IOException {
    store.lock().lock();
    try {
      ManagedObject object = store.get(id);
      if (object == null) {
        throw new IOException("no object " + id);
      }
      return object.copy();
    } finally {
      store.lock().unlock();
    }
  }

  private static void attributes(
      ManagedObject object, Collection<String> names, Build payload, Exchange exchange) {
    AttributeForms forms = new AttributeForms(exchange);
    for (String name : names) {
      object
          .values(name, exchange.now())
          .forEach((index, value) -> forms.write(payload, name, index, value));
    }
  }
}
