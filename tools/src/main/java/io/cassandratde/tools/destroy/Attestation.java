package io.cassandratde.tools.destroy;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What no node can see; a person says of each class that nothing there needs the key. */
public enum Attestation {
  OTHER_CLUSTERS("other clusters whose tables name the same key servers and namespace"),
  DEPARTED_HOSTS("disks of nodes that have left the cluster"),
  COMMIT_LOG_ARCHIVES("archived commit-log segments"),
  CONSUMED_CDC("change data that a consumer has taken from cdc_raw"),
  BACKUPS("backups and snapshots kept elsewhere, except those registered with a hold"),
  EXPORTS("copies of SSTables that were exported or moved by hand");

  private static final String ALL = "all";

  private final String what;

  Attestation(String what) {
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

  /**
   * As {@code --attest} has it: words with commas between them, or {@code all}.
   *
   * @throws IllegalArgumentException no such class
   */
  public static Set<Attestation> parse(@Nullable String text) {
    Set<Attestation> given = EnumSet.noneOf(Attestation.class);
    if (text == null) {
      return given;
    }
    for (String word : text.split(",", -1)) {
      if (word.strip().equals(ALL)) {
        return EnumSet.allOf(Attestation.class);
      }
      given.add(
          Arrays.stream(values())
              .filter(each -> each.word().equals(word.strip()))
              .findFirst()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "--attest: '"
                              + word
                              + "' is none of "
                              + words(EnumSet.allOf(Attestation.class))
                              + ", all")));
    }
    return given;
  }

  public static String words(Set<Attestation> some) {
    return some.stream().map(Attestation::word).collect(Collectors.joining(", "));
  }
}
