package io.cassandratde.tools.jmx;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.tools.jmx.NodeConnection.TableSize;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private static final TableName RIDERS = new TableName("cycling", "riders");
  private static final TableName RACES = new TableName("cycling", "races");

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private Instant now = Instant.EPOCH;

  private Progress progress(boolean bar) {
    return new Progress(
        "n1",
        new PrintStream(bytes, true, StandardCharsets.UTF_8),
        bar,
        () -> now,
        new TableSize(4, 4096));
  }

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void a_terminal_gets_a_bar_that_redraws_itself() {
    Progress progress = progress(true);
    progress.tableDone(RACES, new TableSize(1, 1024), Rewritten.ALL, Duration.ofSeconds(1));
    progress.running(RIDERS, 1024, 1);
    assertThat(printed())
        .endsWith(
            "\rn1 [############............] 50%, 2.00 KiB and 2 SSTables left (cycling.riders)");
    progress.erase();
    assertThat(printed()).endsWith(" \r");
  }

  @Test
  void a_pipe_gets_lines_and_not_too_many() {
    Progress progress = progress(false);
    for (int second = 0; second < 25; second++) {
      progress.running(RIDERS, 3072, 3);
      now = now.plusSeconds(1);
    }
    assertThat(printed())
        .isEqualTo("n1: cycling.riders: 75%, 1.00 KiB and 1 SSTable left\n".repeat(2));
  }

  @Test
  void never_more_than_all_when_tables_grow_meanwhile() {
    Progress progress = progress(true);
    progress.running(RIDERS, 9999, 9);
    assertThat(printed()).contains("100%, 0 B and 0 SSTables left");
  }

  @Test
  void a_table_that_is_done_says_what_was_done() {
    Progress progress = progress(false);
    progress.tableDone(RIDERS, new TableSize(3, 3072), Rewritten.ALL, Duration.ofMillis(1500));
    progress.tableDone(RIDERS, new TableSize(3, 3072), Rewritten.SOME, Duration.ofMillis(1500));
    progress.tableDone(RACES, new TableSize(1, 1024), Rewritten.NOTHING, Duration.ofMillis(1500));
    assertThat(printed())
        .isEqualTo(
            """
            n1: cycling.riders: done, 3 SSTables (3.00 KiB) in 1.5 s
            n1: cycling.riders: done, some or all of 3 SSTables (3.00 KiB) in 1.5 s
            n1: cycling.races: nothing to rewrite in 1 SSTable (1.00 KiB)
            """);
  }

  @Test
  void empty_tables_are_not_worth_a_line() {
    progress(false).tableDone(RACES, TableSize.EMPTY, Rewritten.NOTHING, Duration.ZERO);
    assertThat(printed()).isEmpty();
  }
}
