package io.cassandratde.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.rvesse.airline.model.CommandGroupMetadata;
import com.github.rvesse.airline.model.CommandMetadata;
import com.github.rvesse.airline.model.GlobalMetadata;
import io.cassandratde.tools.command.TdeCommand;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Wrong command lines, and the help that they point to. */
class UsageTest {
  private final TestSession session = new TestSession();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "nonsense | no command 'nonsense' | help",
        "--frobnicate | no option '--frobnicate' here | help",
        "help nonsense | no command 'nonsense' | help",
        "help sstablekeys more | no command 'sstablekeys more' | help",
        "managekmip nonsense | no command 'managekmip nonsense' | help managekmip",
        "managekmip help nonsense | no command 'managekmip nonsense' | help managekmip",
        "help managekmip nonsense | no command 'managekmip nonsense' | help",
        "managekmip list | write: managekmip list <group> [namespace=<namespace>]"
            + " | help managekmip list",
        "managekmip revoke prod | write: managekmip revoke <group> <key_id>"
            + " | help managekmip revoke",
        "managekmip revoke prod a b | write: managekmip revoke <group> <key_id>"
            + " | help managekmip revoke",
        "managekmip destroy prod a b | write: managekmip destroy [<group>] <key_id>"
            + " | help managekmip destroy",
        "managekmip expirekey prod | write: managekmip expirekey <group> <key_id>"
            + " [YYYY-MM-DD HH:MM:SS:T] | help managekmip expirekey",
        "sstablekeys | write: sstablekeys <path>... | help sstablekeys",
        "createsystemkey AES 128 a b | write: createsystemkey"
            + " [<cipher[/mode/padding]> [<length> [<key_name>]]] | help createsystemkey",
        "createsystemkey AES 100 | '100' is no key length: 128, 192 or 256 | help createsystemkey",
        "completion bash | 'bash' is not expected here | help completion",
        "completion --frobnicate | no option '--frobnicate' here | help completion",
        "upgradesstables ks --frobnicate | no option '--frobnicate' here | help upgradesstables",
        "upgradesstables -j many | <jobs> is a whole number, not 'many' | help upgradesstables",
        "upgradesstables -j | option -j needs a value | help upgradesstables",
        "upgradesstables -j --local | option -j needs a value | help upgradesstables",
        "sstablekeys . --format xml | --format is one of table, json, not 'xml' | help sstablekeys",
      })
  void a_wrong_command_line_is_told_in_one_line_and_where_to_read_more(
      String line, String complaint, String help) {
    assertThat(session.run(line.split(" ", -1))).isEqualTo(ExitCode.USAGE);
    assertThat(session.err().lines())
        .containsExactly("cassandra-tde: " + complaint, "Try: cassandra-tde " + help);
    assertThat(session.out()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "help managekmip revoke",
        "managekmip help revoke",
        "managekmip revoke --help",
        "managekmip revoke prod --force --help"
      })
  void every_way_to_ask_for_help_leads_to_it(String line) {
    assertThat(session.run(line.split(" ", -1))).as(session.err()).isEqualTo(ExitCode.OK);
    assertThat(session.out()).contains("cassandra-tde managekmip revoke", "--reason <reason>");
  }

  @Test
  void help_shows_how_many_words_a_command_takes() {
    session.run("help", "managekmip", "revoke");
    assertThat(flat(session.out())).contains("[--] <group> <key_id> OPTIONS");
    session.run("help", "managekmip");
    assertThat(flat(session.out()))
        .contains("destroy: [<group>] <key_id> expirekey: <group> <key_id> [YYYY")
        .contains("revoke: <group> <key_id> ");
    session.run("help", "upgradesstables");
    assertThat(flat(session.out())).contains("[--] [<keyspace> [<table>...]] OPTIONS");
  }

  @Test
  void every_command_has_a_page_without_inner_terms() {
    for (List<String> path : paths()) {
      List<String> words = new ArrayList<>(path);
      words.add(0, "help");
      assertThat(session.run(words.toArray(String[]::new)))
          .as(session.err())
          .isEqualTo(ExitCode.OK);
      assertThat(session.out()).contains("SYNOPSIS").doesNotContain("regular expression");
    }
  }

  @Test
  void behind_two_dashes_a_word_may_look_like_an_option() {
    assertThat(session.run("sstablekeys", "--", "-x")).isEqualTo(ExitCode.NOT_FOUND);
    assertThat(session.err()).contains("-x does not exist");
  }

  private static List<List<String>> paths() {
    GlobalMetadata<TdeCommand> global = CommandTree.build("cassandra-tde").getMetadata();
    List<List<String>> paths = new ArrayList<>();
    for (CommandMetadata command : global.getDefaultGroupCommands()) {
      paths.add(List.of(command.getName()));
    }
    for (CommandGroupMetadata group : global.getCommandGroups()) {
      paths.add(List.of(group.getName()));
      group.getCommands().forEach(c -> paths.add(List.of(group.getName(), c.getName())));
    }
    return paths;
  }

  private static String flat(String text) {
    return text.replaceAll("\\s+", " ");
  }
}
