package io.cassandratde.tools.rekey;

import io.cassandratde.tools.run.Display;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What could not be done on a node, for the end of the run; each is shown at once too. */
final class Troubles {

  private final Display display;
  private final Map<String, List<String>> byNode = new LinkedHashMap<>();
  private boolean stopped;

  Troubles(Display display) {
    this.display = display;
  }

  synchronized void add(String node, String what) {
    display.line("NOT DONE: " + (what.startsWith(node) ? what : node + ": " + what));
    byNode.computeIfAbsent(node, n -> new ArrayList<>()).add(what);
  }

  /** Somebody ended the work there: it is not begun again by this run. */
  synchronized void stopped(String node, String what) {
    stopped = true;
    add(node, what);
  }

  synchronized boolean isStopped() {
    return stopped;
  }

  synchronized List<String> of(String node) {
    return List.copyOf(byNode.getOrDefault(node, List.of()));
  }
}
