package io.cassandratde.tools;

import com.github.rvesse.airline.Cli;
import com.github.rvesse.airline.builder.CliBuilder;
import com.github.rvesse.airline.model.GlobalMetadata;
import io.cassandratde.tools.command.CompletionCommand;
import io.cassandratde.tools.command.CreateSystemKey;
import io.cassandratde.tools.command.EncryptConfigValue;
import io.cassandratde.tools.command.HelpCommand;
import io.cassandratde.tools.command.KmipDevServerCommand;
import io.cassandratde.tools.command.ManageKmipDestroy;
import io.cassandratde.tools.command.ManageKmipExpireKey;
import io.cassandratde.tools.command.ManageKmipHelp;
import io.cassandratde.tools.command.ManageKmipList;
import io.cassandratde.tools.command.ManageKmipRevoke;
import io.cassandratde.tools.command.SSTableKeysCommand;
import io.cassandratde.tools.command.TdeCommand;
import io.cassandratde.tools.command.UpgradeSSTablesCommand;
import java.util.Set;

/** The commands, once for both programs. */
public final class CommandTree {
  static final Set<String> GROUPS = Set.of("managekmip");

  private CommandTree() {}

  /** Whether this is a command or a group of commands. */
  public static boolean knows(String name) {
    GlobalMetadata<TdeCommand> global = build("any").getMetadata();
    return GROUPS.contains(name)
        || global.getDefaultGroupCommands().stream().anyMatch(c -> c.getName().equals(name));
  }

  public static Cli<TdeCommand> build(String program) {
    CliBuilder<TdeCommand> cli = new CliBuilder<>(program);
    cli.withDescription("Keys and encrypted SSTables of Apache Cassandra")
        .withDefaultCommand(HelpCommand.class)
        .withCommand(CreateSystemKey.class)
        .withCommand(EncryptConfigValue.class)
        .withCommand(UpgradeSSTablesCommand.class)
        .withCommand(SSTableKeysCommand.class)
        .withCommand(KmipDevServerCommand.class)
        .withCommand(CompletionCommand.class)
        .withCommand(HelpCommand.class);
    cli.withGroup("managekmip")
        .withDescription("List, expire, revoke and destroy keys in a KMIP group")
        .withDefaultCommand(ManageKmipHelp.class)
        .withCommand(ManageKmipList.class)
        .withCommand(ManageKmipExpireKey.class)
        .withCommand(ManageKmipRevoke.class)
        .withCommand(ManageKmipDestroy.class)
        .withCommand(ManageKmipHelp.class);
    return cli.build();
  }
}
