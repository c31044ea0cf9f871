package io.cassandratde.tools.command;

import com.github.rvesse.airline.annotations.Option;
import com.github.rvesse.airline.annotations.restrictions.AllowedRawValues;

/** {@code --format table|json}. */
public final class FormatOption {

  @Option(
      name = {"--format"},
      title = "format",
      description = "table (default) or json")
  @AllowedRawValues(allowedValues = {"table", "json"})
  private String format = "table";

  boolean json() {
    return format.equals("json");
  }
}
