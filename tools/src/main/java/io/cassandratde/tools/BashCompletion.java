package io.cassandratde.tools;

import com.github.rvesse.airline.model.CommandGroupMetadata;
import com.github.rvesse.airline.model.CommandMetadata;
import com.github.rvesse.airline.model.GlobalMetadata;
import com.github.rvesse.airline.model.OptionMetadata;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A bash completion script made from the command tree, so that the two cannot drift apart. */
public final class BashCompletion {
  private BashCompletion() {}

  public static String script(GlobalMetadata<?> global) {
    StringBuilder cases = new StringBuilder();
    Stream<String> top =
        Stream.of(
                global.getDefaultGroupCommands().stream().map(CommandMetadata::getName),
                global.getCommandGroups().stream().map(CommandGroupMetadata::getName),
                Stream.of("--version", "--help"))
            .flatMap(s -> s);
    addCase(cases, "", top);
    for (CommandMetadata command : global.getDefaultGroupCommands()) {
      addCase(cases, command.getName(), options(command));
    }
    for (CommandGroupMetadata group : global.getCommandGroups()) {
      addCase(cases, group.getName(), group.getCommands().stream().map(CommandMetadata::getName));
      for (CommandMetadata command : group.getCommands()) {
        addCase(cases, group.getName() + " " + command.getName(), options(command));
      }
    }
    String groups =
        global.getCommandGroups().stream()
            .map(CommandGroupMetadata::getName)
            .collect(Collectors.joining("|"));
    return """
    # bash completion for cassandra-tde and dsetool; made by "cassandra-tde completion"
    _cassandra_tde() {
      local word=${COMP_WORDS[COMP_CWORD]} path="" words="" i
      for ((i = 1; i < COMP_CWORD && i < 3; i++)); do
        case ${COMP_WORDS[i]} in -*) break ;; esac
        path="${path:+$path }${COMP_WORDS[i]}"
        case $path in @GROUPS@) ;; *) break ;; esac
      done
      case $path in
    @CASES@  esac
      case $word in
        -*) COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
        *) COMPREPLY=($(compgen -W "$words" -- "$word") $(compgen -f -- "$word")) ;;
      esac
      return 0
    }
    complete -o filenames -F _cassandra_tde cassandra-tde dsetool
    """
        .replace("@GROUPS@", groups)
        .replace("@CASES@", cases);
  }

  private static Stream<String> options(CommandMetadata command) {
    return command.getAllOptions().stream()
        .filter(o -> !o.isHidden())
        .map(OptionMetadata::getOptions)
        .flatMap(java.util.Set::stream);
  }

  private static void addCase(StringBuilder cases, String path, Stream<String> words) {
    List<String> sorted = List.copyOf(new TreeSet<>(words.toList()));
    cases.append("    \"").append(path).append("\") words=\"");
    cases.append(String.join(" ", sorted)).append("\" ;;\n");
  }
}
