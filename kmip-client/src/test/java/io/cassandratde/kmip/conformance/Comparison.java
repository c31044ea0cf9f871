package io.cassandratde.kmip.conformance;

import io.cassandratde.kmip.conformance.XmlCase.Element;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvItem;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares live messages with official ones, item by item; every difference is reported with its
 * path. What may differ is what "Permitted Test Case Variations" (KMIP Profiles 1.4, 4.1) allows:
 * times, result messages, material that the server generated and what depends on it, and how a
 * server describes itself in Query. Generated values must still have the official length, and keep
 * standing for the same official value throughout a case.
 */
final class Comparison {
  private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(60);
  private static final Set<String> GENERATED_BYTES =
      Set.of(
          "KeyMaterial",
          "KeyValue",
          "DigestValue",
          "Data",
          "MACData",
          "IVCounterNonce",
          "AuthenticatedEncryptionTag");
  private static final Set<String> RANDOM_IV_BYTES =
      Set.of("Data", "IVCounterNonce", "AuthenticatedEncryptionTag");

  private final Placeholders placeholders;
  private final Set<String> generatedObjects;
  private final List<String> differences = new ArrayList<>();
  private Set<String> variableTags = Set.of();
  private boolean generatedObject;

  /**
   * @param generatedObjects the identifiers of objects whose material the server generated
   */
  Comparison(Placeholders placeholders, Set<String> generatedObjects) {
    this.placeholders = placeholders;
    this.generatedObjects = generatedObjects;
  }

  /** The differences of a response to what the official case expects; empty when there are none. */
  List<String> response(Element request, Element expected, TtlvItem actual) {
    differences.clear();
    TtlvItem model = model(expected);
    if (!sameKind(model, actual, expected.tag())) {
      return List.copyOf(differences);
    }
    List<Element> items = expected.all("BatchItem");
    List<TtlvItem> live = children(actual, "BatchItem");
    header(expected, actual, "ResponseHeader");
    if (items.size() != live.size()) {
      differences.add(items.size() + " batch items expected, got " + live.size());
      return List.copyOf(differences);
    }
    for (int i = 0; i < items.size(); i++) {
      batchItem(request.all("BatchItem").get(i), items.get(i), live.get(i), "BatchItem " + (i + 1));
    }
    return List.copyOf(differences);
  }

  /** The same for a request that the server sends to its client. */
  List<String> serverRequest(Element expected, TtlvItem actual) {
    differences.clear();
    generatedObject = true;
    variableTags = GENERATED_BYTES;
    header(expected, actual, "RequestHeader");
    Element item = expected.all("BatchItem").get(0);
    TtlvItem live = children(actual, "BatchItem").get(0);
    Element payload = item.child("RequestPayload");
    TtlvItem livePayload = child(live, "RequestPayload");
    leafOf(item, live, "Operation", "BatchItem");
    if (payload != null && livePayload != null) {
      attributes(payload, livePayload, true, "RequestPayload");
    }
    return List.copyOf(differences);
  }

  private void header(Element expected, TtlvItem actual, String tag) {
    Element header = expected.child(tag);
    TtlvItem live = child(actual, tag);
    if (header == null || live == null) {
      differences.add(tag + " is missing");
      return;
    }
    List<Element> officially = new ArrayList<>();
    List<TtlvItem> lively = new ArrayList<>();
    for (Element element : header.children()) {
      if (element.tag().equals("TimeStamp") && tag.equals("ResponseHeader")) {
        timeStamp(element, child(live, "TimeStamp"));
      } else if (element.tag().equals("ServerCorrelationValue")) {
        if (!(child(live, element.tag()) instanceof TtlvItem.Text)) {
          differences.add(tag + "/ServerCorrelationValue is missing");
        }
      } else if (!element.tag().equals("TimeStamp")) {
        officially.add(element);
      }
    }
    Set<Integer> free = Set.of(tag("TimeStamp"), tag("ServerCorrelationValue"));
    Structures.items(live).stream().filter(item -> !free.contains(item.tag())).forEach(lively::add);
    inOrder(officially, lively, tag);
  }

  private void timeStamp(Element official, @Nullable TtlvItem live) {
    if (!(live instanceof TtlvItem.DateTime date)) {
      differences.add("ResponseHeader/TimeStamp is missing");
      return;
    }
    near(Instant.now(), date.value(), "ResponseHeader/" + official.tag());
  }

  private void batchItem(Element request, Element expected, TtlvItem actual, String path) {
    String operation = expected.textOf("Operation");
    Element payload = expected.child("ResponsePayload");
    TtlvItem livePayload = child(actual, "ResponsePayload");
    List<Element> officially = new ArrayList<>();
    List<TtlvItem> lively = new ArrayList<>();
    for (Element element : expected.children()) {
      if (element.tag().equals("ResultMessage")) {
        // Its text is the server's own.
        if (!(child(actual, "ResultMessage") instanceof TtlvItem.Text)) {
          differences.add(path + "/ResultMessage is missing");
        }
      } else if (!element.tag().equals("ResponsePayload")) {
        officially.add(element);
      }
    }
    Set<Integer> free = Set.of(tag("ResultMessage"), tag("ResponsePayload"));
    Structures.items(actual).stream()
        .filter(item -> !free.contains(item.tag()))
        .forEach(lively::add);
    inOrder(officially, lively, path);
    if (payload == null || livePayload == null) {
      if (payload != null || livePayload != null) {
        String message = Structures.textOf(actual, "ResultMessage");
        differences.add(
            path
                + " ("
                + operation
                + "): payload "
                + (payload == null ? "un" : "")
                + "expected: "
                + message);
      }
      return;
    }
    setVariations(operation, request, payload, livePayload);
    String payloadPath = path + "/" + operation;
    Element asked = request.child("RequestPayload");
    switch (operation) {
      case "Query" -> differences.addAll(QueryComparison.differences(payload, livePayload));
      case "GetAttributes" -> {
        boolean all = asked == null || asked.all("AttributeName").isEmpty();
        attributes(payload, livePayload, all, payloadPath);
      }
      case "GetAttributeList" -> names(payload, livePayload, payloadPath);
      default -> inOrder(payload.children(), Structures.items(livePayload), payloadPath);
    }
  }

  private void setVariations(
      String operation, Element request, Element payload, TtlvItem livePayload) {
    Element asked = request.child("RequestPayload");
    generatedObject = generatedObjects.contains(Structures.textOf(livePayload, "UniqueIdentifier"));
    variableTags = generatedObject ? GENERATED_BYTES : Set.of();
    boolean randomIv =
        payload.child("IVCounterNonce") != null
            && asked != null
            && asked.child("IVCounterNonce") == null;
    if (randomIv) {
      variableTags = GENERATED_BYTES;
    }
    Element input = asked == null ? null : asked.child("Data");
    if (operation.equals("Decrypt")
        && input != null
        && (Placeholders.isPlaceholder(input) || placeholders.substituteOf(input) != null)) {
      // What is opened was sealed live: the official plaintext must come back.
      variableTags = Set.of();
    }
    if (randomIv && !generatedObject) {
      variableTags = RANDOM_IV_BYTES;
    }
  }

  /** Attributes in any order, by name and index; others of the payload's items in order. */
  private void attributes(Element payload, TtlvItem live, boolean moreAllowed, String path) {
    List<Element> officially =
        payload.children().stream().filter(item -> !item.tag().equals("Attribute")).toList();
    List<TtlvItem> lively =
        Structures.items(live).stream().filter(item -> item.tag() != tag("Attribute")).toList();
    inOrder(officially, lively, path);
    List<TtlvItem> rest = new ArrayList<>(children(live, "Attribute"));
    for (Element attribute : payload.all("Attribute")) {
      String name = attribute.textOf("AttributeName");
      String index = attribute.textOf("AttributeIndex");
      TtlvItem found = null;
      for (TtlvItem candidate : rest) {
        if (Structures.textOf(candidate, "AttributeName").equals(name)
            && (child(candidate, "AttributeIndex") instanceof TtlvItem.IntegerItem number
                    ? String.valueOf(number.value())
                    : "")
                .equals(index)) {
          found = candidate;
          break;
        }
      }
      if (found == null) {
        differences.add(path + ": attribute " + name + " " + index + " is missing");
        continue;
      }
      rest.remove(found);
      if (name.equals("Random Number Generator") && generatedObject) {
        continue; // each server names its own
      }
      compare(attribute, model(attribute), found, path + "/" + name);
    }
    if (!moreAllowed) {
      rest.forEach(item -> differences.add(path + ": unexpected " + item));
    }
  }

  private void names(Element payload, TtlvItem live, String path) {
    List<String> officially =
        payload.all("AttributeName").stream().map(Element::text).sorted().toList();
    List<String> lively =
        children(live, "AttributeName").stream()
            .map(item -> ((TtlvItem.Text) item).value())
            .sorted()
            .toList();
    if (!officially.equals(lively)) {
      differences.add(path + ": names " + officially + " expected, got " + lively);
    }
    leafOf(payload, live, "UniqueIdentifier", path);
  }

  private void leafOf(Element parent, TtlvItem live, String tag, String path) {
    Element official = parent.child(tag);
    TtlvItem item = child(live, tag);
    if (official == null || item == null) {
      differences.add(path + "/" + tag + " is missing");
    } else {
      compare(official, model(official), item, path + "/" + tag);
    }
  }

  private void inOrder(List<Element> expected, List<TtlvItem> actual, String path) {
    if (expected.size() != actual.size()) {
      differences.add(
          path
              + ": "
              + expected.stream().map(Element::tag).toList()
              + " expected, got "
              + actual.stream().map(item -> Tag.name(item.tag())).toList());
      return;
    }
    for (int i = 0; i < expected.size(); i++) {
      Element element = expected.get(i);
      compare(element, model(element), actual.get(i), path + "/" + element.tag());
    }
  }

  private void compare(Element expected, TtlvItem model, TtlvItem actual, String path) {
    if (expected.text().startsWith("$KEY_VALUE") && actual.tag() == model.tag()) {
      return; // wrapped by a generated key, encoded or not: nothing official is left to compare
    }
    if (!sameKind(model, actual, path)) {
      return;
    }
    if (expected.tag().equals("KeyBlock")) {
      keyLength(expected, actual, path);
    }
    if (!expected.leaf()) {
      List<Element> children = expected.children();
      List<TtlvItem> models = Structures.items(model);
      List<TtlvItem> live = Structures.items(actual);
      if (children.size() != live.size()) {
        inOrder(children, live, path);
        return;
      }
      for (int i = 0; i < children.size(); i++) {
        compare(children.get(i), models.get(i), live.get(i), path + "/" + children.get(i).tag());
      }
      return;
    }
    placeholders.seen(expected.tag(), actual);
    if (Placeholders.isPlaceholder(expected)) {
      placeholder(expected, actual, path);
    } else if (!model.equals(actual) && !variation(expected, model, actual)) {
      differences.add(path + ": " + shown(model) + " expected, got " + shown(actual));
    }
  }

  /** Material under a placeholder has the length that its key claims. */
  private void keyLength(Element expected, TtlvItem actual, String path) {
    Element value = expected.child("KeyValue");
    Element material = value == null ? null : value.child("KeyMaterial");
    TtlvItem liveValue = child(actual, "KeyValue");
    if (material != null
        && liveValue != null
        && Placeholders.isPlaceholder(material)
        && child(actual, "CryptographicLength") instanceof TtlvItem.IntegerItem bits
        && child(liveValue, "KeyMaterial") instanceof TtlvItem.Bytes bytes
        && bytes.length() * 8 != bits.value()) {
      differences.add(path + ": " + bytes.length() + " bytes for " + bits.value() + " bits");
    }
  }

  private void placeholder(Element expected, TtlvItem actual, String path) {
    if (Placeholders.isTime(expected)) {
      near(placeholders.time(expected), ((TtlvItem.DateTime) actual).value(), path);
    } else if (placeholders.value(expected) == null) {
      placeholders.bind(expected, actual);
    } else if (!model(expected).equals(actual)) {
      differences.add(
          path
              + ": "
              + expected.text()
              + " = "
              + shown(model(expected))
              + " expected, got "
              + shown(actual));
    }
  }

  private boolean variation(Element expected, TtlvItem model, TtlvItem actual) {
    if (!(model instanceof TtlvItem.Bytes official) || !(actual instanceof TtlvItem.Bytes live)) {
      return false;
    }
    String known = placeholders.substituteOf(expected);
    if (known != null) {
      return new XmlConverter(element -> element).convert(expected.withValue(known)).equals(actual);
    }
    if (!variableTags.contains(expected.tag()) || official.length() != live.length()) {
      return false;
    }
    placeholders.substitute(expected, actual);
    return true;
  }

  private void near(Instant expected, Instant actual, String path) {
    if (Duration.between(expected, actual).abs().compareTo(CLOCK_TOLERANCE) > 0) {
      differences.add(path + ": about " + expected + " expected, got " + actual);
    }
  }

  private boolean sameKind(TtlvItem model, TtlvItem actual, String path) {
    if (model.tag() == actual.tag() && model.type() == actual.type()) {
      return true;
    }
    differences.add(
        path
            + ": "
            + Tag.name(model.tag())
            + " "
            + model.type().label()
            + " expected, got "
            + Tag.name(actual.tag())
            + " "
            + actual.type().label());
    return false;
  }

  private TtlvItem model(Element expected) {
    return new XmlConverter(
            element -> {
              String value =
                  Placeholders.isPlaceholder(element) ? placeholders.value(element) : null;
              return value == null ? XmlRoundTripTest.sample(element) : element.withValue(value);
            })
        .convert(expected);
  }

  /** These are published test keys: they may be shown. */
  private static String shown(TtlvItem item) {
    if (item instanceof TtlvItem.Bytes bytes) {
      return java.util.HexFormat.of().formatHex(bytes.value());
    }
    return item instanceof TtlvItem.Text text ? text.value() : item.toString();
  }

  private static int tag(String name) {
    return Structures.tag(name);
  }

  private static @Nullable TtlvItem child(TtlvItem item, String tag) {
    return Structures.child(item, tag);
  }

  private static List<TtlvItem> children(TtlvItem item, String tag) {
    return Structures.items(item).stream().filter(child -> child.tag() == tag(tag)).toList();
  }
}
