package io.cassandratde.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.rvesse.airline.model.CommandGroupMetadata;
import com.github.rvesse.airline.model.CommandMetadata;
import com.github.rvesse.airline.model.GlobalMetadata;
import com.github.rvesse.airline.model.OptionMetadata;
import io.cassandratde.tools.command.TdeCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/CLI.md knows every command, option and exit code. */
class DocumentationTest {
  private final String text;

  DocumentationTest() throws IOException {
    text = Files.readString(Path.of("..", "docs", "CLI.md"));
  }

  @Test
  void every_command_and_option_is_documented() {
    GlobalMetadata<TdeCommand> global = CommandTree.build("cassandra-tde").getMetadata();
    for (CommandMetadata command : global.getDefaultGroupCommands()) {
      assertThat(text).contains(command.getName());
      options(command).forEach(this::documented);
    }
    for (CommandGroupMetadata group : global.getCommandGroups()) {
      for (CommandMetadata command : group.getCommands()) {
        assertThat(text).contains(group.getName() + " " + command.getName());
        options(command).forEach(this::documented);
      }
    }
  }

  /** One of an option's names is enough, at a word's start. */
  private void documented(List<String> names) {
    assertThat(names).anyMatch(name -> text.matches("(?s).*[\\[`\\s]" + name + "[\\]`\\s=<].*"));
  }

  private static Stream<List<String>> options(CommandMetadata command) {
    return command.getAllOptions().stream().map(OptionMetadata::getOptions).map(List::copyOf);
  }

  @Test
  void every_exit_code_has_its_row() {
    for (ExitCode code : ExitCode.values()) {
      assertThat(text).contains("\n| " + code.code() + " |");
    }
  }
}
