package io.cassandratde.tools.rekey;

import io.cassandratde.tools.cluster.EachNode;
import io.cassandratde.tools.cluster.KeyUse;
import io.cassandratde.tools.cluster.NodeInventory;
import io.cassandratde.tools.cluster.NodeKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What all nodes say that their files need, each having read its disk now.
 *
 * @param silent why a member said nothing, by its name
 */
record Reading(List<Told> told, Map<String, String> silent) {

  record Told(Node node, NodeInventory inventory) {

    /** Files that need the key, whatever name of its group they know. */
    List<KeyUse> uses(RekeyRequest request) {
      return inventory.uses().stream().filter(use -> isOf(use, request)).toList();
    }

    List<KeyUse> live(RekeyRequest request) {
      return uses(request).stream().filter(use -> use.place().equals("live")).toList();
    }
  }

  /** A group that the node has no name for counts: it may be this one. */
  static boolean isOf(KeyUse use, RekeyRequest request) {
    return use.keyId().equals(request.keyId())
        && (use.group().equals(request.group())
            || use.group().startsWith("tag:")
            || request.formerNames().contains(use.group()));
  }

  static Reading of(Cluster.Look look) throws InterruptedException {
    List<Told> told = new ArrayList<>();
    Map<String, String> silent = new TreeMap<>(look.missing());
    for (EachNode.Answer<Node, NodeInventory> each :
        EachNode.ask(look.reached(), node -> node.ask(NodeKeys::readInventory))) {
      if (each.value() == null) {
        silent.put(each.node().name(), each.reason());
      } else {
        told.add(new Told(each.node(), each.value()));
      }
    }
    return new Reading(told, silent);
  }
}
