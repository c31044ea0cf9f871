package io.cassandratde.sstable.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.sstable.cassandra.ReadableElsewhere.Leak;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * When the warnings are given; that a real node gives them: {@code RestOfFilesTest} of src/test.
 */
class ReadableElsewhereTest {

  private final List<String> warnings = new ArrayList<>();
  private final ReadableElsewhere readable = new ReadableElsewhere(warnings::add);

  @Test
  void each_is_said_once_while_it_is_on_and_again_when_it_is_turned_on_again() {
    readable.look(EnumSet.of(Leak.AUDIT_LOG));
    readable.look(EnumSet.of(Leak.AUDIT_LOG));
    assertThat(warnings).singleElement().asString().startsWith("PLAINTEXT: the audit log is on");
    readable.look(EnumSet.of(Leak.AUDIT_LOG, Leak.FULL_QUERY_LOG));
    assertThat(warnings).hasSize(2).last().asString().contains("disablefullquerylog");
    readable.look(EnumSet.of(Leak.AUDIT_LOG));
    readable.look(EnumSet.of(Leak.AUDIT_LOG, Leak.FULL_QUERY_LOG));
    assertThat(warnings).hasSize(3);
    readable.look(EnumSet.noneOf(Leak.class));
    assertThat(warnings).hasSize(3);
  }

  @Test
  void a_keyspace_of_the_policy_that_is_not_there_is_named_once() {
    readable.lookForKeyspaces(Set.of("Shop", "cycling"), Set.of("shop", "cycling"));
    readable.lookForKeyspaces(Set.of("Shop", "cycling"), Set.of("shop", "cycling"));
    assertThat(warnings).singleElement().asString().contains("names Shop,", "protects nothing");
    readable.lookForKeyspaces(Set.of("Shop"), Set.of("Shop"));
    assertThat(warnings).hasSize(1);
    readable.lookForKeyspaces(Set.of("Shop"), Set.of());
    assertThat(warnings).hasSize(2);
  }

  @Test
  void every_warning_says_what_to_do() {
    readable.look(EnumSet.allOf(Leak.class));
    assertThat(warnings)
        .hasSize(4)
        .allMatch(text -> text.startsWith("PLAINTEXT: "))
        .anyMatch(text -> text.contains("encrypt: {system: true}"))
        .anyMatch(text -> text.contains("heap dump"));
  }
}
