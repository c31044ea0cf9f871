package io.cassandratde.tools;

import com.github.rvesse.airline.model.CommandGroupMetadata;
import com.github.rvesse.airline.model.CommandMetadata;
import com.github.rvesse.airline.model.GlobalMetadata;
import com.github.rvesse.airline.model.OptionMetadata;
import com.github.rvesse.airline.restrictions.common.AllowedRawValuesRestriction;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A bash completion script made from the command tree, so that the two cannot drift apart. */
public final class BashCompletion {
  private static final String HELP = "help";

  private final StringBuilder words = new StringBuilder();
  private final StringBuilder values = new StringBuilder();

  private BashCompletion() {}

  public static String script(GlobalMetadata<?> global) {
    BashCompletion completion = new BashCompletion();
    completion.add(global);
    // Words that another word may follow to name a command.
    String openers =
        Stream.concat(Stream.of(HELP), names(global.getCommandGroups()))
            .collect(Collectors.joining("|"));
    return """
    # bash completion for cassandra-tde and dsetool; made by "cassandra-tde completion"
    _cassandra_tde() {
      local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} path="" words="" files=yes i
      case $word in =) word= ;; esac # bash makes three words of --option=value
      case $previous in =) previous=${COMP_WORDS[COMP_CWORD - 2]} ;; esac
      for ((i = 1; i < COMP_CWORD && i < 3; i++)); do
        case ${COMP_WORDS[i]} in -*) break ;; esac
        path="${path:+$path }${COMP_WORDS[i]}"
        case $path in @OPENERS@) ;; *) break ;; esac
      done
      case "$path $previous" in
    @VALUES@    *)
          case $path in
    @WORDS@        *) files=no ;;
          esac
          ;;
      esac
      case $files$word in
        no* | yes-*) COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
        *) COMPREPLY=($(compgen -W "$words" -- "$word") $(compgen -f -- "$word")) ;;
      esac
      return 0
    }
    complete -o filenames -F _cassandra_tde cassandra-tde dsetool
    """
        .replace("@OPENERS@", openers)
        .replace("@VALUES@", completion.values)
        .replace("@WORDS@", completion.words.toString().indent(4));
  }

  private void add(GlobalMetadata<?> global) {
    List<String> top =
        Stream.concat(
                names(global.getCommandGroups()),
                global.getDefaultGroupCommands().stream().map(CommandMetadata::getName))
            .toList();
    menu("", Stream.concat(top.stream(), Stream.of("--version", "--help")));
    menu(HELP, top.stream());
    global.getDefaultGroupCommands().stream()
        .filter(command -> !command.getName().equals(HELP))
        .forEach(command -> command(command.getName(), command));
    for (CommandGroupMetadata group : global.getCommandGroups()) {
      String name = group.getName();
      List<String> inside = group.getCommands().stream().map(CommandMetadata::getName).toList();
      menu(name, inside.stream());
      menu(HELP + " " + name, inside.stream());
      menu(name + " " + HELP, inside.stream());
      group.getCommands().stream()
          .filter(command -> !command.getName().equals(HELP))
          .forEach(command -> command(name + " " + command.getName(), command));
    }
  }

  private static Stream<String> names(Collection<CommandGroupMetadata> groups) {
    return groups.stream().map(CommandGroupMetadata::getName);
  }

  /** Where only these words make sense, and no file. */
  private void menu(String path, Stream<String> choices) {
    addCase(words, path, choices, true);
  }

  private void command(String path, CommandMetadata command) {
    List<OptionMetadata> options =
        command.getAllOptions().stream().filter(o -> !o.isHidden()).toList();
    addCase(
        words, path, options.stream().map(OptionMetadata::getOptions).flatMap(Set::stream), false);
    for (OptionMetadata option : options) {
      List<String> choices =
          option.getRestrictions().stream()
              .filter(AllowedRawValuesRestriction.class::isInstance)
              .flatMap(r -> ((AllowedRawValuesRestriction) r).getAllowedValues().stream())
              .toList();
      if (!choices.isEmpty()) {
        option.getOptions().forEach(o -> addCase(values, path + " " + o, choices.stream(), true));
      }
    }
  }

  private static void addCase(
      StringBuilder cases, String pattern, Stream<String> choices, boolean only) {
    cases.append("    \"").append(pattern).append("\") words=\"");
    cases.append(String.join(" ", new TreeSet<>(choices.toList()))).append('"');
    cases.append(only ? " files=no ;;\n" : " ;;\n");
  }
}
