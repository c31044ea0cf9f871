package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import io.cassandratde.sstable.inventory.Depth;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.inventory.Inventory;
import io.cassandratde.tools.inventory.SSTableKeys;
import io.cassandratde.tools.output.Json;
import io.cassandratde.tools.output.Printable;
import io.cassandratde.tools.output.TextTable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code sstablekeys}: which keys seal which SSTables, from raw files. */
@Command(
    name = "sstablekeys",
    description =
        "Show which key ids seal which SSTables, read from raw files (live, snapshot or backup);"
            + " needs no key, no server and no configuration")
public final class SSTableKeysCommand extends TdeCommand {

  @AirlineModule private ConfigOption config = new ConfigOption();
  @AirlineModule private FormatOption format = new FormatOption();

  @Option(
      name = {"--headers-only"},
      description = "Read the header of every chunk, but do not verify checksums: faster")
  private boolean headersOnly;

  @Arguments(
      title = "path",
      description = "Data.db files or directories, searched with all below them")
  @Operands(form = "<path>...", least = 1)
  private List<String> paths = new ArrayList<>();

  @Override
  public ExitCode run(Session session) throws CommandFailure, IOException {
    List<Path> roots = NodeDirectories.existing(paths);
    Inventory.Result result =
        new Inventory(config.groupNames(session), headersOnly ? Depth.HEADERS : Depth.CHECKSUMS)
            .read(roots);
    if (format.json()) {
      session.terminal().out().println(Json.of(tree(result)));
    } else {
      table(result).forEach(session.terminal().out()::println);
    }
    PrintStream err = session.terminal().err();
    if (result.sstables().isEmpty()) {
      session.terminal().warn("no SSTables under " + String.join(", ", paths));
    }
    result.problems().forEach(p -> err.println(Printable.of(p)));
    for (SSTableKeys sstable : result.sstables()) {
      sstable.problems().forEach(p -> err.println(Printable.of(sstable.dataFile() + ": " + p)));
    }
    return result.complete() ? ExitCode.OK : ExitCode.INCOMPLETE;
  }

  private static Map<String, Object> tree(Inventory.Result result) {
    List<Object> sstables = new ArrayList<>();
    for (SSTableKeys sstable : result.sstables()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("path", sstable.dataFile().toString());
      one.put("keyspace", sstable.table().keyspace());
      one.put("table", sstable.table().table());
      List<Object> keys = new ArrayList<>();
      for (SSTableKeys.Key key : sstable.keys()) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("group", key.group());
        entry.put("id", key.id());
        entry.put("chunks", key.chunks());
        keys.add(entry);
      }
      one.put("keys", keys);
      if (sstable.plaintext()) {
        one.put("plaintext", true);
      }
      if (!sstable.problems().isEmpty()) {
        one.put("problems", sstable.problems());
      }
      sstables.add(one);
    }
    return Map.of("sstables", sstables);
  }

  private static List<String> table(Inventory.Result result) {
    TextTable table =
        new TextTable(List.of("Keyspace", "Table", "Group", "Key ID", "Chunks", "SSTable"));
    for (SSTableKeys sstable : result.sstables()) {
      String keyspace = name(sstable.table().keyspace());
      String name = name(sstable.table().table());
      String path = sstable.dataFile().toString();
      for (SSTableKeys.Key key : sstable.keys()) {
        table.row(
            List.of(keyspace, name, key.group(), key.id(), Long.toString(key.chunks()), path));
      }
      if (sstable.keys().isEmpty()) {
        String state =
            sstable.plaintext()
                ? "PLAINTEXT"
                : sstable.problems().isEmpty() ? "(no chunks)" : "UNKNOWN";
        table.row(List.of(keyspace, name, "-", state, "-", path));
      }
    }
    return table.lines();
  }

  private static String name(@org.jspecify.annotations.Nullable String name) {
    return name == null ? "?" : name;
  }
}
