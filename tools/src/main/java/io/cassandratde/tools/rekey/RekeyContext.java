package io.cassandratde.tools.rekey;

/** What the stages of a run share. */
record RekeyContext(
    RekeyRequest request,
    RekeyState state,
    Cluster cluster,
    KeyServer keys,
    Patience patience,
    Display display,
    Undo undo,
    Troubles troubles) {}
