package io.cassandratde.tools;

import com.github.rvesse.airline.Cli;
import com.github.rvesse.airline.builder.CliBuilder;
import com.github.rvesse.airline.model.CommandGroupMetadata;
import com.github.rvesse.airline.model.CommandMetadata;
import com.github.rvesse.airline.model.GlobalMetadata;
import io.cassandratde.tools.command.ApproveCommand;
import io.cassandratde.tools.command.AuditHead;
import io.cassandratde.tools.command.AuditHelp;
import io.cassandratde.tools.command.AuditVerify;
import io.cassandratde.tools.command.BackupHelp;
import io.cassandratde.tools.command.BackupHoldCommand;
import io.cassandratde.tools.command.BackupList;
import io.cassandratde.tools.command.BackupRelease;
import io.cassandratde.tools.command.CompletionCommand;
import io.cassandratde.tools.command.CreateSystemKey;
import io.cassandratde.tools.command.EncryptConfigValue;
import io.cassandratde.tools.command.HelpCommand;
import io.cassandratde.tools.command.InventoryCommand;
import io.cassandratde.tools.command.KeysExport;
import io.cassandratde.tools.command.KeysGc;
import io.cassandratde.tools.command.KeysHelp;
import io.cassandratde.tools.command.KeysImport;
import io.cassandratde.tools.command.KeysList;
import io.cassandratde.tools.command.KeysRedact;
import io.cassandratde.tools.command.KeysRewrap;
import io.cassandratde.tools.command.KeysRollback;
import io.cassandratde.tools.command.KeysRotate;
import io.cassandratde.tools.command.KmipDevServerCommand;
import io.cassandratde.tools.command.ManageKmipDestroy;
import io.cassandratde.tools.command.ManageKmipExpireKey;
import io.cassandratde.tools.command.ManageKmipHelp;
import io.cassandratde.tools.command.ManageKmipList;
import io.cassandratde.tools.command.ManageKmipRevoke;
import io.cassandratde.tools.command.ManifestCommand;
import io.cassandratde.tools.command.MasterKeyAbort;
import io.cassandratde.tools.command.MasterKeyActivate;
import io.cassandratde.tools.command.MasterKeyFetch;
import io.cassandratde.tools.command.MasterKeyHelp;
import io.cassandratde.tools.command.MasterKeyPropose;
import io.cassandratde.tools.command.MasterKeyStatus;
import io.cassandratde.tools.command.PreflightCommand;
import io.cassandratde.tools.command.RekeyCommand;
import io.cassandratde.tools.command.ReloadCommand;
import io.cassandratde.tools.command.RewrapCommand;
import io.cassandratde.tools.command.SSTableKeysCommand;
import io.cassandratde.tools.command.ScanCommand;
import io.cassandratde.tools.command.ShredCommand;
import io.cassandratde.tools.command.SnapshotCommand;
import io.cassandratde.tools.command.StatusCommand;
import io.cassandratde.tools.command.TdeCommand;
import io.cassandratde.tools.command.UpgradeSSTablesCommand;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The commands, once for both programs. */
public final class CommandTree {
  private CommandTree() {}

  /** Null when there is no such group of commands. */
  public static @Nullable CommandGroupMetadata group(
      GlobalMetadata<TdeCommand> global, String name) {
    return global.getCommandGroups().stream()
        .filter(g -> g.getName().equals(name))
        .findFirst()
        .orElse(null);
  }

  /**
   * The command of exactly these words, such as {@code managekmip list}; null when there is none.
   */
  public static @Nullable CommandMetadata command(
      GlobalMetadata<TdeCommand> global, List<String> path) {
    CommandGroupMetadata group = path.isEmpty() ? null : group(global, path.get(0));
    List<String> name = group == null ? path : path.subList(1, path.size());
    if (name.size() != 1) {
      return null;
    }
    return (group == null ? global.getDefaultGroupCommands() : group.getCommands())
        .stream().filter(c -> c.getName().equals(name.get(0))).findFirst().orElse(null);
  }

  /**
   * The words at the start of a command line that name its command, or its group where the command
   * is unknown; none where neither is known.
   */
  static List<String> path(List<String> words) {
    GlobalMetadata<TdeCommand> global = build("any").getMetadata();
    for (int length = Math.min(2, words.size()); length > 0; length--) {
      List<String> path = words.subList(0, length);
      if (command(global, path) != null || (length == 1 && group(global, path.get(0)) != null)) {
        return path;
      }
    }
    return List.of();
  }

  public static Cli<TdeCommand> build(String program) {
    CliBuilder<TdeCommand> cli = new CliBuilder<>(program);
    cli.withDescription("Keys and encrypted SSTables of Apache Cassandra")
        .withDefaultCommand(HelpCommand.class)
        .withCommand(CreateSystemKey.class)
        .withCommand(EncryptConfigValue.class)
        .withCommand(RekeyCommand.class)
        .withCommand(RewrapCommand.class)
        .withCommand(ShredCommand.class)
        .withCommand(UpgradeSSTablesCommand.class)
        .withCommand(InventoryCommand.class)
        .withCommand(StatusCommand.class)
        .withCommand(ReloadCommand.class)
        .withCommand(SnapshotCommand.class)
        .withCommand(SSTableKeysCommand.class)
        .withCommand(ScanCommand.class)
        .withCommand(ManifestCommand.class)
        .withCommand(PreflightCommand.class)
        .withCommand(ApproveCommand.class)
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
    cli.withGroup("backup")
        .withDescription(
            "Register that a backup elsewhere needs keys, so that nobody destroys them")
        .withDefaultCommand(BackupHelp.class)
        .withCommand(BackupHoldCommand.class)
        .withCommand(BackupList.class)
        .withCommand(BackupRelease.class)
        .withCommand(BackupHelp.class);
    cli.withGroup("keys")
        .withDescription("List, rotate, rewrap and clear away the replicated data keys")
        .withDefaultCommand(KeysHelp.class)
        .withCommand(KeysList.class)
        .withCommand(KeysRotate.class)
        .withCommand(KeysRewrap.class)
        .withCommand(KeysRollback.class)
        .withCommand(KeysGc.class)
        .withCommand(KeysExport.class)
        .withCommand(KeysImport.class)
        .withCommand(KeysRedact.class)
        .withCommand(KeysHelp.class);
    cli.withGroup("masterkey")
        .withDescription("Bring a new master key into use on all nodes")
        .withDefaultCommand(MasterKeyHelp.class)
        .withCommand(MasterKeyPropose.class)
        .withCommand(MasterKeyFetch.class)
        .withCommand(MasterKeyStatus.class)
        .withCommand(MasterKeyActivate.class)
        .withCommand(MasterKeyAbort.class)
        .withCommand(MasterKeyHelp.class);
    cli.withGroup("audit")
        .withDescription("Prove the audit log")
        .withDefaultCommand(AuditHelp.class)
        .withCommand(AuditVerify.class)
        .withCommand(AuditHead.class)
        .withCommand(AuditHelp.class);
    return cli.build();
  }
}
