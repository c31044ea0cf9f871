package io.cassandratde.sstable.bench;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.util.Statistics;

/**
 * Runs all benchmarks in one go and prints them as ratios against the budgets of docs/DESIGN.md.
 */
public final class BenchReport {

  private static final double BUDGET = 1.10;

  private BenchReport() {}

  /**
   * Arguments: forks, measured iterations per fork, codecs with commas between them.
   *
   * <p>Iterations are short and the fastest one counts: whatever else runs on the machine can only
   * add time. The median beside it tells how noisy it was.
   */
  public static void main(String[] args) throws RunnerException {
    int forks = args.length > 0 ? Integer.parseInt(args[0]) : 3;
    int iterations = args.length > 1 ? Integer.parseInt(args[1]) : 60;
    String[] codecs =
        args.length > 2
            ? args[2].split(",", -1)
            : Arrays.stream(Codec.values()).map(Enum::name).toArray(String[]::new);
    OptionsBuilder options = new OptionsBuilder();
    options
        .include("io\\.cassandratde\\.sstable\\.bench\\..*Bench\\..*")
        .param("codec", codecs)
        .forks(forks)
        .warmupIterations(6)
        .warmupTime(new TimeValue(300, TimeUnit.MILLISECONDS))
        .measurementIterations(iterations)
        .measurementTime(new TimeValue(20, TimeUnit.MILLISECONDS))
        .jvmArgsAppend("-Xmx512m", "-XX:+UseG1GC");
    Map<String, double[]> scores = new HashMap<>();
    for (RunResult result : new Runner(options.build()).run()) {
      String method = result.getParams().getBenchmark();
      String name =
          method.substring(method.lastIndexOf('.') + 1)
              + "/"
              + result.getParams().getParam("codec")
              + "/"
              + result.getParams().getParam("data")
              + "/"
              + (method.contains("StockBench") ? "" : result.getParams().getParam("provider"));
      Statistics iterationsOfAllForks = result.getPrimaryResult().getStatistics();
      scores.put(
          name,
          new double[] {iterationsOfAllForks.getMin(), iterationsOfAllForks.getPercentile(50)});
    }
    for (String provider : new String[] {"ACCP", "SunJCE"}) {
      System.out.printf(
          "%n## %s: microseconds per 16 KiB chunk (fastest iteration; median)%n%n", provider);
      System.out.println(
          "| codec | seal | compress | raw GCM | ratio | open | uncompress | raw GCM | ratio |");
      System.out.println("|---|---|---|---|---|---|---|---|---|");
      for (String codec : codecs) {
        for (String data : new String[] {"rows", "blobs"}) {
          String both = codec + "/" + data;
          System.out.println(
              "| "
                  + both
                  + half(scores, both, provider, "seal", "compress", "gcmSeal")
                  + half(scores, both, provider, "open", "uncompress", "gcmOpen")
                  + " |");
        }
      }
    }
  }

  private static String half(
      Map<String, double[]> scores,
      String codec,
      String provider,
      String ours,
      String stock,
      String gcm) {
    double[] whole = get(scores, ours + "/" + codec + "/" + provider);
    double[] inner = get(scores, stock + "/" + codec + "/");
    double[] cipher = get(scores, gcm + "/" + codec + "/" + provider);
    double best =
        Math.min(
            get(scores, gcm + "/" + codec + "/ACCP")[0],
            get(scores, gcm + "/" + codec + "/SunJCE")[0]);
    double ratio = whole[0] / (inner[0] + best);
    return " | %s | %s | %s | %.2f%s"
        .formatted(text(whole), text(inner), text(cipher), ratio, ratio > BUDGET ? " (over)" : "");
  }

  private static double[] get(Map<String, double[]> scores, String name) {
    double[] score = scores.get(name);
    return score == null ? new double[] {Double.NaN, Double.NaN} : score;
  }

  private static String text(double[] score) {
    return "%.2f; %.2f".formatted(score[0], score[1]);
  }
}
