package io.cassandratde.kmip.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cassandratde.kmip.conformance.CaseList.Unsupported;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Every official case replays against the development server, but for those that {@code
 * unsupported.txt} lists with a reason.
 */
@OfficialCases
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReplayTest {
  private static final Set<String> REASON_CLASSES =
      Set.of("asymmetric", "certificate", "derive", "rng", "streaming", "otp", "pgp", "non-ttlv");

  /** These find what the case of the same name with the preceding number left behind. */
  private static final Set<String> CONTINUED =
      Set.of("TL-M-3-14", "SASED-M-3-14", "TC-CREG-2-14", "TC-CREG-3-14", "TC-OTP-2-14");

  @TestFactory
  Stream<DynamicTest> every_supported_case() throws IOException {
    Map<String, XmlCase> cases = cases();
    Set<String> unsupported = unsupportedNames();
    return cases.values().stream()
        .filter(one -> !unsupported.contains(one.name()))
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.name(), () -> assertThat(replay(one, cases)).as(one.name()).isEmpty()));
  }

  @Test
  void the_list_of_unsupported_cases_has_only_allowed_reasons_and_no_stale_entries()
      throws IOException {
    Map<String, XmlCase> cases = cases();
    List<Unsupported> list = CaseList.unsupported();
    List<String> stale = new ArrayList<>();
    for (Unsupported entry : list) {
      assertThat(REASON_CLASSES).as(entry.name()).contains(entry.reasonClass());
      assertThat(entry.line()).as(entry.name()).isNotBlank();
      assertThat(cases).as("stale entry").containsKey(entry.name());
      XmlCase listed = named(entry.name(), cases);
      // The messages of such a case may well pass as TTLV, which says nothing about its encoding.
      if (!entry.reasonClass().equals("non-ttlv") && passes(listed, cases)) {
        stale.add(entry.name());
      }
    }
    assertThat(stale).as("listed as unsupported, but replayed").isEmpty();
    assertThat(unsupportedNames()).hasSize(list.size());
    Map<String, Long> byClass =
        list.stream()
            .collect(
                Collectors.groupingBy(
                    Unsupported::reasonClass, TreeMap::new, Collectors.counting()));
    System.out.printf(
        "KMIP 1.4 official cases: %d, replayed: %d, unsupported: %d %s%n",
        cases.size(), cases.size() - list.size(), list.size(), byClass);
  }

  @Test
  void key_management_is_never_listed_as_unsupported() throws IOException {
    assertThat(unsupportedNames())
        .noneMatch(
            name ->
                name.matches(
                    "(SKLC|SKFF|TL|AX|OMOS|SASED|SUITEB|CS-BC-M-\\d).*"
                        + "|TC-(REKEY|I18N|MDO|NP|OFFSET|SENSITIVE|EXTRACTABLE|SJ|WRAP|Q).*"));
  }

  private static boolean passes(XmlCase one, Map<String, XmlCase> cases) {
    try {
      return replay(one, cases).isEmpty();
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }

  private static List<String> replay(XmlCase one, Map<String, XmlCase> cases) throws IOException {
    try (Replay replay = new Replay(CaseList.errata())) {
      for (XmlCase before : predecessors(one, cases)) {
        List<String> differences = replay.run(before);
        if (!differences.isEmpty()) {
          return differences;
        }
      }
      return replay.run(one);
    }
  }

  private static List<XmlCase> predecessors(XmlCase one, Map<String, XmlCase> cases) {
    List<XmlCase> before = new ArrayList<>();
    XmlCase current = one;
    while (CONTINUED.contains(current.name())) {
      String[] parts = current.name().split("-", -1);
      int number = parts.length - 2;
      parts[number] = String.valueOf(Integer.parseInt(parts[number]) - 1);
      current = named(String.join("-", parts), cases);
      before.add(0, current);
    }
    return before;
  }

  private static XmlCase named(String name, Map<String, XmlCase> cases) {
    return Objects.requireNonNull(cases.get(name), name);
  }

  private static Set<String> unsupportedNames() throws IOException {
    return CaseList.unsupported().stream().map(Unsupported::name).collect(Collectors.toSet());
  }

  private static Map<String, XmlCase> cases() throws IOException {
    Path folder = OasisFolder.find();
    assumeTrue(folder != null, "no official KMIP cases here; see docs/TESTING.md");
    Map<String, XmlCase> cases = new LinkedHashMap<>();
    for (Path file : OasisFolder.xmlCases(folder)) {
      XmlCase one = XmlCase.read(file);
      cases.put(one.name(), one);
    }
    return cases;
  }
}
