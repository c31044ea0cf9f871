package io.cassandratde.tools.rekey;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.cluster.DataDirectory;
import io.cassandratde.tools.output.Bytes;
import java.util.ArrayList;
import java.util.List;

/** A rewritten SSTable lies beside the old one until it is whole: the disk must have room. */
final class Headroom {

  private Headroom() {}

  /** Refuses before anything is changed. */
  static void require(RekeyContext run, Reading reading)
      throws CommandFailure, InterruptedException {
    if (run.request().rewrap()) {
      return;
    }
    List<String> tight = new ArrayList<>();
    for (Reading.Told told : reading.told()) {
      Node node = told.node();
      try {
        String keyId = run.request().keyId();
        for (DataDirectory directory : node.ask(keys -> keys.dataDirectories(keyId))) {
          long atOnce = Math.min(Math.max(1, run.request().jobs()), directory.sstables());
          long needed = directory.largestBytes() * atOnce;
          if (directory.usableBytes() >= 0 && directory.usableBytes() < needed) {
            tight.add(
                "%s: %s has %s left, and its largest SSTables to be rewritten need %s"
                    .formatted(
                        node,
                        directory.path(),
                        Bytes.print(directory.usableBytes()),
                        Bytes.print(needed)));
          }
        }
      } catch (NodeTroubleException e) {
        run.display().line("  disk headroom is not known: " + e.text());
      }
    }
    if (!tight.isEmpty()) {
      throw new CommandFailure(
          ExitCode.REFUSED,
          "no room to rewrite, so nothing was begun: "
              + String.join("; ", tight)
              + ". Make room, use fewer --jobs, or rewrap");
    }
  }
}
