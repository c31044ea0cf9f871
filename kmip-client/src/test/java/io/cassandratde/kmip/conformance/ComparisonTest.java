package io.cassandratde.kmip.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cassandratde.kmip.conformance.XmlCase.Element;
import io.cassandratde.kmip.ttlv.Tag;
import io.cassandratde.kmip.ttlv.TtlvItem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The replay is worth as much as its comparison: here every single value of live responses is
 * changed, one at a time, and the comparison must notice.
 */
@OfficialCases
class ComparisonTest {
  private static final List<String> CASES =
      List.of(
          "SKLC-M-2-14",
          "SKLC-M-3-14",
          "SKFF-M-9-14",
          "TL-M-2-14",
          "AX-M-1-14",
          "OMOS-M-1-14",
          "TC-REKEY-1-14",
          "TC-OFFSET-1-14",
          "TC-MDO-2-14",
          "TC-SJ-3-14",
          "TC-WRAP-3-14",
          "CS-BC-M-GCM-1-14",
          "CS-AC-M-6-14");

  private int changes;
  private final Map<String, Integer> unnoticed = new TreeMap<>();

  @Test
  void every_changed_value_is_noticed() throws IOException {
    Path folder = OasisFolder.find();
    assumeTrue(folder != null, "no official KMIP cases here; see docs/TESTING.md");
    for (Path file : OasisFolder.xmlCases(folder)) {
      XmlCase one = XmlCase.read(file);
      if (CASES.contains(one.name())) {
        try (Replay replay = new Replay(CaseList.errata())) {
          replay.observe(
              (request, expected, actual, before) ->
                  changeEach(request, expected, actual, before, replay));
          assertThat(replay.run(one)).as(one.name()).isEmpty();
        }
      }
    }
    System.out.printf("changed values: %d, unnoticed: %s%n", changes, unnoticed);
    assertThat(changes).isGreaterThan(500);
    // The text of an error is the server's own; a new object may have any identifier.
    assertThat(unnoticed.keySet()).containsExactlyInAnyOrder("ResultMessage", "UniqueIdentifier");
  }

  private void changeEach(
      Element request, Element expected, TtlvItem actual, Placeholders before, Replay replay) {
    List<TtlvItem> variants = new ArrayList<>();
    List<Integer> tags = new ArrayList<>();
    collect(actual, changed -> changed, variants, tags);
    for (int i = 0; i < variants.size(); i++) {
      changes++;
      Comparison comparison = new Comparison(before.copy(), replay.generatedObjects());
      if (comparison.response(request, expected, variants.get(i)).isEmpty()) {
        unnoticed.merge(Tag.name(tags.get(i)), 1, Integer::sum);
      }
    }
  }

  /** Puts a changed item into the whole message. */
  private interface Frame {
    TtlvItem around(TtlvItem item);
  }

  private static void collect(
      TtlvItem item, Frame frame, List<TtlvItem> variants, List<Integer> tags) {
    if (item instanceof TtlvItem.Structure structure) {
      for (int i = 0; i < structure.items().size(); i++) {
        int index = i;
        Frame inner =
            changed -> {
              List<TtlvItem> items = new ArrayList<>(structure.items());
              items.set(index, changed);
              return frame.around(new TtlvItem.Structure(structure.tag(), items));
            };
        collect(structure.items().get(i), inner, variants, tags);
      }
      return;
    }
    variants.add(frame.around(changed(item)));
    tags.add(item.tag());
  }

  private static TtlvItem changed(TtlvItem item) {
    int tag = item.tag();
    if (item instanceof TtlvItem.IntegerItem integer) {
      return new TtlvItem.IntegerItem(tag, integer.value() + 1);
    }
    if (item instanceof TtlvItem.Enumeration enumeration) {
      return new TtlvItem.Enumeration(tag, enumeration.value() + 1);
    }
    if (item instanceof TtlvItem.Text text) {
      return new TtlvItem.Text(tag, text.value() + "?");
    }
    if (item instanceof TtlvItem.Bytes bytes) {
      return new TtlvItem.Bytes(tag, Arrays.copyOf(bytes.value(), bytes.length() + 1));
    }
    if (item instanceof TtlvItem.Bool bool) {
      return new TtlvItem.Bool(tag, !bool.value());
    }
    if (item instanceof TtlvItem.DateTime date) {
      return new TtlvItem.DateTime(tag, date.value().plus(Duration.ofDays(1)));
    }
    if (item instanceof TtlvItem.Interval interval) {
      return new TtlvItem.Interval(tag, interval.seconds() + 1);
    }
    throw new IllegalArgumentException("no change for a " + item.type());
  }
}
