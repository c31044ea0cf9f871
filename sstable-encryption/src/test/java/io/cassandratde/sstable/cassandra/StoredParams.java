package io.cassandratde.sstable.cassandra;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.cassandra.io.util.DataInputBuffer;
import org.apache.cassandra.io.util.DataOutputBuffer;
import org.apache.cassandra.net.MessagingService;
import org.apache.cassandra.schema.CompressionParams;

/**
 * Parameters as they come from another node's stream header: nothing checked them against a schema.
 */
final class StoredParams {

  private StoredParams() {}

  static CompressionParams of(String simpleName, Map<String, String> options) throws IOException {
    try (DataOutputBuffer out = new DataOutputBuffer()) {
      out.writeUTF(simpleName);
      out.writeInt(options.size());
      for (Map.Entry<String, String> option : new HashMap<>(options).entrySet()) {
        out.writeUTF(option.getKey());
        out.writeUTF(option.getValue());
      }
      out.writeInt(16384);
      out.writeInt(Integer.MAX_VALUE);
      try (DataInputBuffer in = new DataInputBuffer(out.buffer(), false)) {
        return CompressionParams.serializer.deserialize(in, MessagingService.current_version);
      }
    }
  }
}
