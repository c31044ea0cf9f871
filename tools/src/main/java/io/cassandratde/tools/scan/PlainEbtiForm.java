package io.cassandratde.tools.scan;

import io.cassandratde.sstable.format.page.PageFileLayout;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** An SSTable of the format ebti whose carrier says that nothing protects it. */
record PlainEbtiForm() implements SSTableFiles.Form {

  @Override
  public @Nullable Look special(String component, Path file) throws IOException {
    if (component.equals(SSTableFiles.CARRIER)) {
      return Look.noContent("carrier without keys: the SSTable is in clear");
    }
    return PlainForm.noContent(component, file);
  }

  @Override
  public Look look(String component, Path file) throws IOException {
    if (component.equals(SSTableFiles.DATA) || component.equals(SSTableFiles.STATISTICS)) {
      return Look.plaintext(component, "its carrier says so");
    }
    return PageFileLayout.read(file) == null
        ? Look.plaintext(component, "its carrier says so")
        : Look.unknown(component, "sealed in an SSTable whose carrier says that it is in clear");
  }
}
