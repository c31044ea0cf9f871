package io.cassandratde.tools.scan;

import io.cassandratde.keys.KeyReference;
import io.cassandratde.sstable.format.carrier.Carrier;
import io.cassandratde.sstable.format.carrier.CarrierFile;
import io.cassandratde.sstable.format.carrier.CorruptCarrierException;
import io.cassandratde.sstable.format.carrier.StatisticsFile;
import io.cassandratde.sstable.format.carrier.StatisticsPart;
import io.cassandratde.sstable.format.carrier.WrappedKey;
import io.cassandratde.sstable.format.data.DataFileLayout;
import io.cassandratde.sstable.inventory.GroupNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A protected SSTable of the format ebti: every component is held to the form that
 * docs/FORMAT-EBTI.md gives it and to the uid and the data keys of the carrier.
 */
record EbtiForm(
    GroupNames groups, boolean checksums, Carrier carrier, @Nullable Path index, boolean finished)
    implements SSTableFiles.Form {

  private static final int HEAD = 9;

  /** By what the carrier says; without one nobody can open the SSTable. */
  static SSTableFiles.Form of(GroupNames groups, boolean checksums, Map<String, Path> files)
      throws NoSuchFileException {
    Path file = files.get(SSTableFiles.CARRIER);
    if (file == null) {
      return new PlainForm(State.UNKNOWN, "it has no carrier, so nobody can open it");
    }
    Carrier carrier;
    try {
      carrier = CarrierFile.read(file);
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      return new PlainForm(State.UNKNOWN, "its carrier cannot be read: " + e.getMessage());
    }
    boolean finished = files.containsKey(SSTableFiles.TOC);
    return carrier.isPlain()
        ? new PlainEbtiForm()
        : new EbtiForm(groups, checksums, carrier, files.get(SSTableFiles.INDEX), finished);
  }

  @Override
  public @Nullable Look special(String component, Path file) throws IOException {
    return switch (component) {
      case SSTableFiles.CARRIER ->
          new Look(
              State.NO_CONTENT,
              "carrier: wrapped data keys",
              keys(carrier.rows().stream().map(WrappedKey::wrappedBy).toList()),
              "",
              List.of());
      case SSTableFiles.INDEX -> {
        int row = DataFileLayout.dataKey(file);
        yield new Look(
            State.NO_CONTENT,
            "lengths and offsets, authenticated",
            Set.of(key(row)),
            "",
            List.of());
      }
      default -> null;
    };
  }

  @Override
  public Look look(String component, Path file) throws IOException {
    return switch (component) {
      case SSTableFiles.DATA -> data(file);
      case SSTableFiles.STATISTICS -> statistics(file);
      default -> SealedPages.look(file, carrier, groups, finished);
    };
  }

  private Look data(Path file) throws IOException {
    String kind = "chunks bound to their place";
    if (index == null) {
      boolean begun = Files.size(file) == 0 || DataFileLayout.begins(head(file));
      return !finished && begun
          ? Look.of(State.UNFINISHED, kind, "being written, or left behind by a crash")
          : Look.plaintext(SSTableFiles.DATA, "in clear in an encrypted SSTable");
    }
    DataFileLayout layout = DataFileLayout.read(file, index, checksums);
    if (!layout.problems().isEmpty()) {
      return Look.unknown(kind, layout.problems().get(0)).with(layout.problems());
    }
    return Look.encrypted(kind, Set.of(key(layout.dataKey())));
  }

  private static ByteBuffer head(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer head = ByteBuffer.allocate(HEAD);
      while (head.hasRemaining() && channel.read(head) >= 0) {
        // until it is full or the file ends
      }
      return head.flip();
    }
  }

  private Look statistics(Path file) throws IOException {
    String kind = "sealed parts";
    Set<KeyReference> wrapping = new LinkedHashSet<>();
    try {
      for (StatisticsFile.Part part : StatisticsFile.read(file)) {
        if (!part.isSealed()) {
          return Look.plaintext(SSTableFiles.STATISTICS, "a part in clear in an encrypted SSTable");
        }
        StatisticsPart sealed = part.sealed();
        if (!sealed.uid().equals(carrier.uid())) {
          return Look.unknown(kind, "sealed for another SSTable");
        }
        wrapping.add(sealed.wrappedBy());
      }
    } catch (CorruptCarrierException e) {
      return finished
          ? Look.unknown(kind, String.valueOf(e.getMessage()))
          : Look.of(State.UNFINISHED, kind, "being written, or left behind by a crash");
    }
    return Look.encrypted(kind, keys(List.copyOf(wrapping)));
  }

  private SealingKey key(int row) throws IOException {
    return SealedPages.key(carrier, row, groups);
  }

  private Set<SealingKey> keys(List<KeyReference> references) {
    return SealingKey.of(references, groups, Map.of());
  }
}
