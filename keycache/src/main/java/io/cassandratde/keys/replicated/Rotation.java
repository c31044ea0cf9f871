package io.cassandratde.keys.replicated;

import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.replicated.RotationSchedule.Next;
import io.cassandratde.keys.replicated.RotationSchedule.Step;
import io.cassandratde.keys.rotation.RotationPolicy;
import io.cassandratde.keys.rotation.Sealed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has every line's next key made in time. Each node looks, by its own timer; whichever comes first
 * makes the key, and the others find it.
 */
public final class Rotation {

  private static final Logger logger = LoggerFactory.getLogger(Rotation.class);

  private final Supplier<KeyTable> table;
  private final Supplier<@Nullable LocalCopies> copies;
  private final DataKeys keys;
  private final Supplier<Instant> clock;
  private final Function<KeyLine, @Nullable RotationPolicy> policies;
  private final Function<DataKeyRow, Sealed> sealed;
  private volatile Map<KeyLine, Instant> overdue = Map.of();
  private volatile Map<KeyLine, DataKeyRow> ahead = Map.of();

  Rotation(
      Supplier<KeyTable> table,
      Supplier<@Nullable LocalCopies> copies,
      DataKeys keys,
      Supplier<Instant> clock,
      Function<KeyLine, @Nullable RotationPolicy> policies,
      Function<DataKeyRow, Sealed> sealed) {
    this.table = table;
    this.copies = copies;
    this.keys = keys;
    this.clock = clock;
    this.policies = policies;
    this.sealed = sealed;
  }

  /** The lines whose next key should be there and is not, with since when. */
  public Map<KeyLine, Instant> overdue() {
    return overdue;
  }

  /** The lines whose newest key a wrong clock made, with that key. */
  public Map<KeyLine, DataKeyRow> ahead() {
    return ahead;
  }

  /** How many lines somebody should look at; for a metric. */
  public int troubled() {
    Set<KeyLine> lines = new HashSet<>(overdue.keySet());
    lines.addAll(ahead.keySet());
    return lines.size();
  }

  /**
   * One look at all lines; throws nothing. Returns the keys that it made, or that others made at
   * the same time.
   */
  public List<DataKeyRow> round() {
    List<DataKeyRow> made = new ArrayList<>();
    Map<KeyLine, Instant> late = new HashMap<>();
    Map<KeyLine, DataKeyRow> wrong = new HashMap<>();
    byLine()
        .forEach(
            (line, rows) -> {
              RotationPolicy policy = policies.apply(line);
              if (policy != null) {
                lookAhead(line, rows, policy, wrong);
                look(line, rows, policy, made, late);
              }
            });
    overdue = Map.copyOf(late);
    ahead = Map.copyOf(wrong);
    return made;
  }

  private Map<KeyLine, List<DataKeyRow>> byLine() {
    Map<KeyLine, List<DataKeyRow>> lines = new LinkedHashMap<>();
    for (DataKeyRow row : rows()) {
      lines.computeIfAbsent(row.line(), line -> new ArrayList<>()).add(row);
    }
    return lines;
  }

  /** In an outage what this node knows, so that it tells what is overdue then too. */
  private List<DataKeyRow> rows() {
    try {
      return table.get().all();
    } catch (KeyException outage) {
      logger.debug("What is due is told from the local copies", outage);
      LocalCopies there = copies.get();
      return there == null
          ? List.of()
          : there.all().stream().map(copy -> copy.key().row()).toList();
    }
  }

  private void lookAhead(
      KeyLine line, List<DataKeyRow> rows, RotationPolicy policy, Map<KeyLine, DataKeyRow> wrong) {
    Instant now = clock.get();
    DataKeyRow newest = RotationSchedule.ahead(rows, policy, now);
    if (newest == null) {
      return;
    }
    wrong.put(line, newest);
    DataKeyRow told = ahead.get(line);
    if (told != null && told.keyId().equals(newest.keyId())) {
      return;
    }
    DataKeyRow begun = RotationSchedule.begun(rows, policy, now);
    logger.error(
        "WRONG CLOCK: {}, the newest of {}, is to begin at {}, which no key is that was made in time: the clock of the node that made it is wrong, or that of this one ({}), or prepublish was made shorter. Set the clocks right. {}",
        newest.binding(),
        line,
        newest.activeFrom(),
        now,
        begun == null
            ? "Nothing tells when the next key is due, so none is made: if this node's clock is right, `cassandra-tde keys rotate --master %s --namespace %s`"
                .formatted(line.master(), line.namespace())
            : "The next key is counted from %s, which began at %s"
                .formatted(begun.binding(), begun.activeFrom()));
  }

  private void look(
      KeyLine line,
      List<DataKeyRow> rows,
      RotationPolicy policy,
      List<DataKeyRow> made,
      Map<KeyLine, Instant> late) {
    Step step = RotationSchedule.at(rows, policy, sealed, clock.get());
    Next next = step.next();
    if (next == null) {
      return;
    }
    try {
      DataKeyRow row = keys.rotate(line, next.after(), next.activeFrom());
      made.add(row);
      logger.info("{} is the next of {}: {}", row.binding(), line, next.reason());
    } catch (KeyException | IllegalStateException e) {
      Instant since = step.overdueSince();
      if (since == null) {
        logger.warn("The next of {} is not made yet: {}", line, e.getMessage());
        return;
      }
      late.put(line, since);
      logger.error(
          "OVERDUE: the next of {} should seal since {} and could not be made: {}",
          line,
          since,
          e.getMessage());
    }
  }
}
