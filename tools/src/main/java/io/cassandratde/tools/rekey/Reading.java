package io.cassandratde.tools.rekey;

import io.cassandratde.tools.cluster.EachNode;
import io.cassandratde.tools.cluster.KeyUse;
import io.cassandratde.tools.cluster.NodeInventory;
import io.cassandratde.tools.cluster.NodeKeys;
import io.cassandratde.tools.cluster.SoughtKey;
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

    List<KeyUse> uses(SoughtKey key) {
      return inventory.uses().stream().filter(key::isNeededBy).toList();
    }

    List<KeyUse> live(SoughtKey key) {
      return uses(key).stream().filter(use -> use.place().equals("live")).toList();
    }
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
