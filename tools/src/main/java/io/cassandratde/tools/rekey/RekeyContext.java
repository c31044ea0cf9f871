package io.cassandratde.tools.rekey;

import io.cassandratde.tools.cluster.SoughtKey;
import io.cassandratde.tools.run.Display;
import io.cassandratde.tools.run.Patience;
import io.cassandratde.tools.run.Undo;

/** What the stages of a run share. */
record RekeyContext(
    RekeyRequest request,
    SoughtKey key,
    RekeyState state,
    Cluster cluster,
    KeySource keys,
    Patience patience,
    Display display,
    Undo undo,
    Troubles troubles) {}
