package io.cassandratde.e2e.canary;

import io.cassandratde.e2e.canary.Markers.Form;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Finds any of some hundred byte strings in one pass: by their first two bytes, then the rest. */
final class Patterns {

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
  private final @Nullable List<Form>[] byStart = new List[1 << 16];

  Patterns(List<Form> forms) {
    for (Form form : forms) {
      int start = start(form.bytes(), 0);
      List<Form> same = byStart[start];
      if (same == null) {
        same = new ArrayList<>();
        byStart[start] = same;
      }
      same.add(form);
    }
  }

  private static int start(byte[] bytes, int at) {
    return ((bytes[at] & 0xFF) << 8) | (bytes[at + 1] & 0xFF);
  }

  /** Tells the place of each form that stands in {@code bytes[0..length)}. */
  void search(byte[] bytes, int length, Consumer<String> found) {
    for (int at = 0; at + 1 < length; at++) {
      List<Form> candidates = byStart[start(bytes, at)];
      if (candidates == null) {
        continue;
      }
      for (Form form : candidates) {
        int end = at + form.bytes().length;
        if (end <= length && Arrays.equals(bytes, at, end, form.bytes(), 0, form.bytes().length)) {
          found.accept(form.place());
        }
      }
    }
  }
}
