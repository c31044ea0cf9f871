package io.cassandratde.tools.report;

import java.time.Instant;

/** How far one node was at one moment. */
public record ProgressSample(Instant at, String node, long bytesDone, long bytes) {}
