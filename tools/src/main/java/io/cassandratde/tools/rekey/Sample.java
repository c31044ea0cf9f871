package io.cassandratde.tools.rekey;

/** How far a node was at one moment (ISO 8601). */
public record Sample(String at, String node, long bytesDone, long bytes) {}
