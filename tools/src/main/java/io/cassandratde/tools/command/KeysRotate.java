package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Command;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.cluster.DataKeyInfo;
import io.cassandratde.tools.hierarchy.KeyHierarchy;
import io.cassandratde.tools.jmx.ClusterNodes;

/** {@code keys rotate}. */
@Command(
    name = "rotate",
    description =
        "Make a new data key for what is written from now on; the key of before only opens. Nothing"
            + " is rewritten")
public final class KeysRotate extends TdeCommand {

  @AirlineModule private AskedNodes nodes = new AskedNodes();
  @AirlineModule private ConfigOption config = new ConfigOption();
  @AirlineModule private DataKeyOptions which = new DataKeyOptions();

  @Override
  public ExitCode run(Session session) throws Exception {
    try (ClusterNodes cluster = nodes.connect(session)) {
      KeyHierarchy keys = new KeyHierarchy(cluster);
      DataKeyInfo before = keys.newest(which.master(), which.namespace(), which.bits());
      String made =
          config
              .audit(session)
              .operation("rotate-data-key")
              .groupName(before.group())
              .option("namespace", before.namespace())
              .option("replaces", before.keyId())
              .run(() -> keys.rotate(before), id -> id);
      DataKeyInfo now = keys.dataKey(made);
      session
          .terminal()
          .out()
          .println(
              "Key %s is version %d of %s and seals from %s on; key %s only opens"
                  .formatted(made, now.version(), now.line(), now.activeFrom(), before.keyId()));
    }
    return ExitCode.OK;
  }
}
