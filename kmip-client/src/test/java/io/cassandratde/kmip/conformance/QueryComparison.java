package io.cassandratde.kmip.conformance;

import io.cassandratde.kmip.conformance.XmlCase.Element;
import io.cassandratde.kmip.ttlv.EnumTable;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvItem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A server describes itself in its answer to Query, so the official values vary ("the specific list
 * of operations and object types returned MAY vary"). What is held: an operation or object type
 * that is expected must be there, unless it belongs to the classes that the dev server leaves out;
 * everything else must be of a kind that the official answer has, with the official types.
 */
final class QueryComparison {
  /** Asymmetric, certificate, derive, RNG, asynchronous and server-to-client operations. */
  private static final Set<String> NOT_OFFERED =
      Set.of(
          "CreateKeyPair",
          "ReKeyKeyPair",
          "Sign",
          "SignatureVerify",
          "Certify",
          "ReCertify",
          "Validate",
          "DeriveKey",
          "RNGRetrieve",
          "RNGSeed",
          "Poll",
          "Cancel",
          "GetUsageAllocation",
          "Notify",
          "Put");

  private QueryComparison() {}

  static List<String> differences(Element expected, TtlvItem actual) {
    List<String> differences = new ArrayList<>();
    Set<String> live = new HashSet<>();
    for (TtlvItem item : Structures.items(actual)) {
      String tag = Tag.name(item.tag());
      List<Element> official = expected.all(tag);
      if (official.isEmpty()) {
        differences.add("Query: " + tag + " was not asked for");
        continue;
      }
      if (item instanceof TtlvItem.Enumeration value) {
        EnumTable table = EnumTable.of(tag);
        String name = table == null ? null : table.name(value.value());
        if (name == null) {
          differences.add("Query: " + tag + " " + value.value() + " has no name");
        } else {
          live.add(tag + " " + name);
        }
      } else {
        sameShape(official, item, differences);
      }
    }
    for (Element element : expected.children()) {
      boolean listed = element.tag().equals("Operation") || element.tag().equals("ObjectType");
      if (listed
          && !NOT_OFFERED.contains(element.text())
          && !live.contains(element.tag() + " " + element.text())) {
        differences.add("Query: " + element.tag() + " " + element.text() + " is missing");
      }
    }
    return differences;
  }

  /** Every field of a live structure occurs with this type in one of the official ones. */
  private static void sameShape(List<Element> official, TtlvItem item, List<String> differences) {
    Set<String> fields = new HashSet<>();
    for (Element one : official) {
      one.children().forEach(child -> fields.add(child.tag() + " " + child.type()));
    }
    for (TtlvItem field : Structures.items(item)) {
      String shown = Tag.name(field.tag()) + " " + field.type().label();
      boolean undo = shown.startsWith("Batch") && shown.endsWith("Capability Boolean");
      if (!fields.contains(shown) && !undo) {
        differences.add("Query: unexpected " + shown + " in " + Tag.name(item.tag()));
      }
    }
  }
}
