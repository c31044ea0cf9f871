package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.AirlineModule;
import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import io.cassandratde.keys.kmip.KeyAdministration;
import io.cassandratde.keys.kmip.KeyFacts;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.output.Dates;
import io.cassandratde.tools.output.Json;
import io.cassandratde.tools.output.TextTable;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code managekmip list <group> [namespace=<ns>]}. */
@Command(name = "list", description = "List the keys of a KMIP group")
public final class ManageKmipList extends TdeCommand {
  private static final String NAMESPACE = "namespace=";

  @AirlineModule private ConfigOption config = new ConfigOption();
  @AirlineModule private FormatOption format = new FormatOption();

  @Arguments(
      title = {"group", "namespace=<namespace>"},
      description = "The KMIP group, and optionally the only namespace to list")
  @Operands(form = "<group> [namespace=<namespace>]", least = 1, most = 2)
  private List<String> arguments = new ArrayList<>();

  @Override
  public ExitCode run(Session session) throws CommandFailure, KmipException {
    String group = arguments.get(0);
    String namespace = namespace();
    KmipGroups groups = new KmipGroups(config.load(session));
    try (KeyAdministration administration = groups.open(group)) {
      KeyAdministration.Listing listing = administration.list(namespace);
      if (format.json()) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("group", group);
        tree.put("host", listing.host().toString());
        tree.put("keys", listing.keys().stream().map(ManageKmipList::tree).toList());
        session.terminal().out().println(Json.of(tree));
      } else {
        session.terminal().out().println("Keys on " + listing.host() + ":");
        table(listing, session.zone()).forEach(session.terminal().out()::println);
      }
    }
    return ExitCode.OK;
  }

  private @Nullable String namespace() throws CommandFailure {
    if (arguments.size() == 1) {
      return null;
    }
    String argument = arguments.get(1);
    if (!argument.startsWith(NAMESPACE)) {
      throw new CommandFailure(
          ExitCode.USAGE, "write: managekmip list <group> [namespace=<namespace>]");
    }
    return argument.substring(NAMESPACE.length());
  }

  private static List<String> table(KeyAdministration.Listing listing, ZoneId zone) {
    TextTable table =
        new TextTable(
            List.of(
                "ID",
                "Name",
                "Cipher",
                "State",
                "Activation Date",
                "Creation Date",
                "Protect Stop Date",
                "Namespace"));
    for (KeyFacts key : listing.keys()) {
      table.row(
          List.of(
              key.id(),
              orNone(key.name()),
              orNone(cipher(key)),
              orNone(state(key)),
              Dates.print(key.activation(), zone),
              Dates.print(key.creation(), zone),
              Dates.print(key.protectStop(), zone),
              orNone(key.namespace())));
    }
    return table.lines();
  }

  private static Map<String, @Nullable Object> tree(KeyFacts key) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("id", key.id());
    tree.put("name", key.name());
    tree.put("cipher", cipher(key));
    tree.put("state", state(key));
    tree.put("activation_date", Json.instant(key.activation()));
    tree.put("creation_date", Json.instant(key.creation()));
    tree.put("protect_stop_date", Json.instant(key.protectStop()));
    tree.put("namespace", key.namespace());
    return tree;
  }

  private static @Nullable String cipher(KeyFacts key) {
    return key.algorithm() == null ? null : key.algorithm() + "/" + key.bits();
  }

  private static @Nullable String state(KeyFacts key) {
    return key.state() == null ? null : key.state().label();
  }

  private static String orNone(@Nullable String text) {
    return text == null || text.isEmpty() ? "n/a" : text;
  }
}
