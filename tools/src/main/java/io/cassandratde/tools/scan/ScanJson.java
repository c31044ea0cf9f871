package io.cassandratde.tools.scan;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A scan as JSON, written while it goes on: a node has more files than memory should hold. */
public final class ScanJson {

  private final JsonGenerator json;

  /** Begins. */
  public ScanJson(PrintStream out) throws IOException {
    json =
        new JsonFactory()
            .createGenerator(out)
            .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
            .useDefaultPrettyPrinter();
    json.writeStartObject();
    json.writeArrayFieldStart("files");
  }

  /** One file. */
  public void file(Finding finding) {
    try {
      json.writeStartObject();
      json.writeStringField("path", finding.file().toString());
      json.writeNumberField("bytes", finding.bytes());
      json.writeStringField("place", word(finding.place()));
      name("keyspace", finding.table().keyspace());
      name("table", finding.table().table());
      json.writeStringField("state", word(finding.state()));
      json.writeStringField("kind", finding.kind());
      keys(finding.keys());
      if (!finding.reason().isEmpty()) {
        json.writeStringField("reason", finding.reason());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void keys(Set<SealingKey> keys) throws IOException {
    json.writeArrayFieldStart("keys");
    for (SealingKey key : keys.stream().sorted().toList()) {
      json.writeStartObject();
      json.writeStringField("group", key.group());
      json.writeStringField("id", key.id());
      json.writeStringField("check_value", checkValue(key));
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** Ends with the summaries. */
  public void end(Summary summary, boolean acceptCodec, List<String> problems, long vanished)
      throws IOException {
    json.writeEndArray();
    json.writeArrayFieldStart("tables");
    for (Summary.Table table : summary.tables()) {
      json.writeStartObject();
      json.writeStringField("keyspace", table.keyspace());
      json.writeStringField("table", table.name());
      table(table, summary, acceptCodec);
      for (Place place : List.of(Place.LIVE, Place.SNAPSHOT, Place.BACKUP)) {
        json.writeNumberField(word(place) + "_sstables", table.sstables(place));
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeObjectFieldStart("other_files");
    table(summary.shared(), summary, acceptCodec);
    json.writeEndObject();
    json.writeArrayFieldStart("keys");
    for (Summary.Key key : summary.keys()) {
      json.writeStartObject();
      json.writeStringField("group", key.key().group());
      json.writeStringField("id", key.key().id());
      json.writeStringField("check_value", checkValue(key.key()));
      for (Place place : Place.values()) {
        json.writeNumberField(word(place), key.units(place));
        json.writeNumberField(word(place) + "_bytes", key.bytes(place));
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("problems");
    for (String problem : problems) {
      json.writeString(problem);
    }
    json.writeEndArray();
    json.writeNumberField("vanished", vanished);
    json.writeEndObject();
    json.writeRaw('\n');
    json.flush();
  }

  /** Tells keys of one id apart (docs/RULES.md R2). */
  private static String checkValue(SealingKey key) {
    return HexFormat.of().toHexDigits(key.reference().checkValue());
  }

  private void table(Summary.Table table, Summary summary, boolean acceptCodec) throws IOException {
    name("protected", summary.protection(table));
    json.writeStringField("state", table.word());
    for (State state : State.values()) {
      json.writeNumberField(word(state), table.count(state));
    }
    json.writeBooleanField(
        "readable", summary.protection(table) != null && table.offending(acceptCodec) > 0);
  }

  private void name(String field, @Nullable String value) throws IOException {
    if (value == null) {
      json.writeNullField(field);
    } else {
      json.writeStringField(field, value);
    }
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
