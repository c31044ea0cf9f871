package io.cassandratde.tools.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import java.util.ArrayList;
import java.util.List;
import javax.management.InstanceNotFoundException;
import org.junit.jupiter.api.Test;

/** One node speaks for all: the next one is asked where it fails; an outage is no refusal. */
class AnyNodeTest {

  private final List<String> asked = new ArrayList<>();

  private String answer(String node) throws NodeFailureException {
    asked.add(node);
    if (node.startsWith("refuses")) {
      throw new NodeFailureException(node, true, new IllegalStateException());
    }
    if (node.startsWith("bare")) {
      throw new NodeFailureException(node, true, new InstanceNotFoundException());
    }
    if (node.startsWith("away")) {
      throw new NodeFailureException(node, false, new IllegalStateException());
    }
    return "of " + node;
  }

  private ExitCode verdict(String... nodes) {
    try {
      var unused =
          new AnyNode<>(List.of(nodes), ExitCode.REFUSED).ask("nothing was done", this::answer);
      return ExitCode.OK;
    } catch (CommandFailure e) {
      assertThat(e).hasMessage("nothing was done: " + String.join("; ", nodes));
      return e.exitCode();
    }
  }

  @Test
  void the_first_answer_counts_and_nobody_is_asked_after_it() throws Exception {
    AnyNode<String> nodes = new AnyNode<>(List.of("away", "b", "c"), ExitCode.REFUSED);
    assertThat(nodes.<String>ask("nothing", this::answer)).isEqualTo("of b");
    assertThat(asked).containsExactly("away", "b");
  }

  @Test
  void it_is_refused_when_all_refuse_and_an_outage_when_one_may_yet_do_it() {
    assertThat(verdict("refuses", "refuses too")).isEqualTo(ExitCode.REFUSED);
    assertThat(verdict("refuses", "away")).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(verdict("away", "refuses")).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(verdict("away")).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(verdict("bare", "refuses"))
        .as("one without the bean")
        .isEqualTo(ExitCode.UNREACHABLE);
    assertThat(verdict()).as("nobody").isEqualTo(ExitCode.UNREACHABLE);
  }
}
