package io.cassandratde.tools.cluster;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What no node can see, by class: every report says so, and before a key is destroyed a person says
 * of each class that nothing there needs it (docs/RULES.md R25).
 */
public enum OutOfSight {
  OTHER_CLUSTERS("other clusters whose tables name the same key servers and namespace"),
  DEPARTED_HOSTS("disks of nodes that have left the cluster"),
  COMMIT_LOG_ARCHIVES("archived commit-log segments"),
  CONSUMED_CDC("change data that a consumer has taken from cdc_raw"),
  BACKUPS("backups and snapshots kept elsewhere"),
  EXPORTS("copies of SSTables that were exported or moved by hand");

  private final String what;

  OutOfSight(String what) {
    this.what = what;
  }

  /** In plain words. */
  public String what() {
    return what;
  }

  /** As the command line and the audit log have it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** All of it, in plain words. */
  public static List<String> all() {
    return Arrays.stream(values()).map(OutOfSight::what).toList();
  }

  public static String words(Collection<OutOfSight> some) {
    return some.stream().map(OutOfSight::word).collect(Collectors.joining(", "));
  }
}
