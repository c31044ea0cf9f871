package io.cassandratde.e2e.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Pairs of one measure, each taken on both nodes in the same minute, and what they say together.
 * Every measure is a cost: less is better.
 *
 * <p>The ratio is the geometric mean of the pairs' ratios with its 95% interval by Student's t over
 * their logarithms. A budget is missed when the interval's lower end exceeds it.
 */
final class Costs {

  /** Quantile 0.975 of Student's t for 1 to 30 degrees of freedom. */
  private static final double[] T = {
    12.71, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
    2.052, 2.048, 2.045, 2.042
  };

  private final Map<String, List<Pair>> pairs = new LinkedHashMap<>();
  private final Map<String, Double> budgets;

  private record Pair(double stock, double encrypted) {}

  /** One measurement on each node. */
  record Both(Map<String, Double> stock, Map<String, Double> encrypted) {}

  /**
   * @param budgets the largest ratio that each measure may have; none: it is only reported
   */
  Costs(Map<String, Double> budgets) {
    this.budgets = budgets;
  }

  /** Takes a pair of every measure that both have. */
  void add(Both both) {
    both.stock.forEach(
        (measure, cost) -> {
          Double other = both.encrypted.get(measure);
          if (other != null) {
            pairs.computeIfAbsent(measure, any -> new ArrayList<>()).add(new Pair(cost, other));
          }
        });
  }

  /**
   * The table of docs/PERFORMANCE.md.
   *
   * @param first what is called stock here
   * @param second what is compared with it
   */
  String table(String first, String second) {
    StringBuilder table =
        new StringBuilder(
            """
            | measure | %s (median) | %s (median) | ratio | 95%% interval | pairs | budget |
            |---|---|---|---|---|---|---|
            """
                .formatted(first, second));
    pairs.forEach((measure, all) -> table.append(line(measure, all)));
    return table.toString();
  }

  private String line(String measure, List<Pair> all) {
    double[] logs =
        all.stream().mapToDouble(pair -> Math.log(pair.encrypted / pair.stock)).toArray();
    int n = logs.length;
    double mean = 0;
    for (double log : logs) {
      mean += log / n;
    }
    double squares = 0;
    for (double log : logs) {
      squares += (log - mean) * (log - mean);
    }
    // One pair tells nothing of how it spreads.
    double half =
        n < 2 ? Double.NaN : T[Math.min(n - 2, T.length - 1)] * Math.sqrt(squares / (n - 1) / n);
    double low = Math.exp(mean - half);
    return String.format(
        Locale.ROOT,
        "| %s | %.4g | %.4g | **%.3f** | %s | %d | %s |%n",
        measure,
        median(all.stream().mapToDouble(Pair::stock).toArray()),
        median(all.stream().mapToDouble(Pair::encrypted).toArray()),
        Math.exp(mean),
        n < 2 ? "" : String.format(Locale.ROOT, "%.3f to %.3f", low, Math.exp(mean + half)),
        n,
        verdict(budgets.get(measure), low, n));
  }

  private static String verdict(@Nullable Double budget, double low, int n) {
    if (budget == null) {
      return "";
    }
    String limit = String.format(Locale.ROOT, "%.2f", budget);
    if (n < 10) {
      return limit + ", too few pairs to judge";
    }
    return limit + (low > budget ? ", missed" : ", kept");
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    int middle = values.length / 2;
    return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  }
}
