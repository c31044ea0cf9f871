package io.cassandratde.kmip.conformance;

import io.cassandratde.kmip.conformance.CaseList.Erratum;
import io.cassandratde.kmip.conformance.XmlCase.Element;
import io.cassandratde.kmip.devserver.KmipDevServer;
import io.cassandratde.kmip.devserver.RawClient;
import io.cassandratde.kmip.devserver.ServerMessages;
import io.cassandratde.kmip.devserver.TestStores;
import io.cassandratde.kmip.ttlv.EnumTable;
import io.cassandratde.kmip.ttlv.TtlvItem;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Replays official cases against a development server of their own, over mutual TLS. Cases that
 * build on each other (TL-M-2 and TL-M-3, for one) go into one replay.
 */
final class Replay implements AutoCloseable {
  private static final Set<String> GENERATING =
      Set.of("Create", "ReKey", "CreateSplitKey", "CreateKeyPair");
  private static final Set<String> SERVER_TO_CLIENT = Set.of("Put", "Notify");

  private final List<Erratum> errata;
  private final Set<String> generatedObjects = new HashSet<>();
  private final Placeholders placeholders = new Placeholders(Instant.now());
  private final Comparison comparison = new Comparison(placeholders, generatedObjects);
  private final KmipDevServer server;
  private final RawClient client;
  private Observer observer = (request, expected, actual, before) -> {};

  Replay(List<Erratum> errata) throws IOException {
    this.errata = errata;
    // The official cases know versions up to 1.4 only.
    server = KmipDevServer.start(TestStores.get().serverSettings());
    server.behaviour().highestVersion(1, 4);
    client = new RawClient(server.port());
  }

  /** Told of every live response to a client, before it is compared. */
  interface Observer {
    void response(Element request, Element expected, TtlvItem actual, Placeholders before);
  }

  void observe(Observer newObserver) {
    observer = newObserver;
  }

  Set<String> generatedObjects() {
    return generatedObjects;
  }

  /** The differences found, each with the number of the message; empty when the case passes. */
  List<String> run(XmlCase officialCase) throws IOException {
    List<String> differences = new ArrayList<>();
    List<Element> messages = corrected(officialCase);
    boolean reversed = officialCase.name().startsWith("TC-Q-S2C");
    for (int i = 0; i + 1 < messages.size() && differences.isEmpty(); i += 2) {
      Element request = messages.get(i);
      Element response = messages.get(i + 1);
      String operation = operationOf(request);
      List<String> found =
          reversed || SERVER_TO_CLIENT.contains(operation)
              ? fromServer(request, response, operation)
              : fromClient(request, response);
      int number = i + 1;
      found.forEach(line -> differences.add("message " + number + " " + operation + ": " + line));
    }
    return differences;
  }

  private List<String> fromClient(Element request, Element response) throws IOException {
    TtlvItem actual = client.exchange(new XmlConverter(placeholders::resolve).convert(request));
    noteGenerated(actual);
    observer.response(request, response, actual, placeholders);
    return comparison.response(request, response, actual);
  }

  /** The server asks, this side plays the client and answers as the official client did. */
  private List<String> fromServer(Element request, Element response, String operation)
      throws IOException {
    TtlvItem answer = new XmlConverter(placeholders::resolve).convert(response);
    TtlvItem payload =
        Structures.required(
            Structures.required(
                new XmlConverter(placeholders::resolve).convert(request), "BatchItem"),
            "RequestPayload");
    CompletableFuture<TtlvItem> call =
        CompletableFuture.supplyAsync(() -> ServerMessages.call(server, operation, payload));
    TtlvItem asked = client.receive();
    client.send(answer);
    List<String> differences = new ArrayList<>(comparison.serverRequest(request, asked));
    if (!call.join().equals(answer)) {
      differences.add("the server understood another answer than was sent");
    }
    return differences;
  }

  private void noteGenerated(TtlvItem response) {
    for (TtlvItem item : Structures.items(response)) {
      TtlvItem payload = Structures.child(item, "ResponsePayload");
      if (payload == null
          || !(Structures.child(item, "Operation") instanceof TtlvItem.Enumeration operation)
          || !GENERATING.contains(operationName(operation.value()))) {
        continue;
      }
      Structures.items(payload).stream()
          .filter(id -> id.tag() == Structures.tag("UniqueIdentifier"))
          .forEach(id -> generatedObjects.add(((TtlvItem.Text) id).value()));
    }
  }

  private static String operationName(int code) {
    EnumTable table = Objects.requireNonNull(EnumTable.of("Operation"));
    return Objects.requireNonNullElse(table.name(code), "");
  }

  private static String operationOf(Element request) {
    return request.all("BatchItem").get(0).textOf("Operation");
  }

  private List<Element> corrected(XmlCase officialCase) {
    List<Element> messages = new ArrayList<>(officialCase.messages());
    for (Erratum erratum : errata) {
      if (erratum.name().equals(officialCase.name())) {
        int index = erratum.message() - 1;
        Element before = messages.get(index);
        Element after = corrected(before, erratum);
        if (after.equals(before)) {
          throw new IllegalStateException("an erratum that corrects nothing: " + erratum);
        }
        messages.set(index, after);
      }
    }
    return messages;
  }

  private static Element corrected(Element element, Erratum erratum) {
    if (element.leaf()) {
      boolean slip =
          element.tag().equals(erratum.tag()) && element.text().equals(erratum.printed());
      return slip ? element.withValue(erratum.meant()) : element;
    }
    return element.withChildren(
        element.children().stream().map(child -> corrected(child, erratum)).toList());
  }

  @Override
  public void close() throws IOException {
    client.close();
    server.close();
  }
}
