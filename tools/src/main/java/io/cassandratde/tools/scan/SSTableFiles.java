package io.cassandratde.tools.scan;

import io.cassandratde.sstable.format.CompressionInfo;
import io.cassandratde.sstable.inventory.GroupNames;
import io.cassandratde.sstable.inventory.SSTableName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Looks at the files of one SSTable together: what one of them must be, others say. */
final class SSTableFiles {

  static final String CARRIER = "Encryption.db";
  static final String INDEX = "CompressionInfo.db";
  static final String DATA = "Data.db";
  static final String STATISTICS = "Statistics.db";
  static final String TOC = "TOC.txt";

  private static final Pattern COMPONENT = Pattern.compile("[A-Za-z0-9_+.-]{1,255}");
  private static final Pattern DIGEST = Pattern.compile("Digest\\.\\w+");
  private static final Pattern DIGEST_TEXT = Pattern.compile("[0-9a-f]{1,64}\\s*");
  private static final int MOST_TEXT = 1 << 20;

  /** How the components of an SSTable that hold content are looked at. */
  interface Form {
    Look look(String component, Path file) throws IOException;

    /** Of a component that holds no content in any form; null where this form has its own say. */
    default @Nullable Look special(String component, Path file) throws IOException {
      return null;
    }
  }

  private final GroupNames groups;
  private final boolean checksums;

  SSTableFiles(GroupNames groups, boolean checksums) {
    this.groups = groups;
    this.checksums = checksums;
  }

  /**
   * Looks at all files of one SSTable.
   *
   * @throws NoSuchFileException one of them was removed meanwhile
   */
  Map<Path, Look> look(String format, List<Path> files) throws IOException {
    Map<String, Path> byComponent = new TreeMap<>();
    for (Path file : files) {
      SSTableName name = SSTableName.of(file);
      if (name != null && !file.toString().endsWith(".tmp")) {
        byComponent.put(name.component(), file);
      }
    }
    Form form = form(format, byComponent);
    Map<Path, Look> looks = new TreeMap<>();
    for (Path file : files) {
      SSTableName name = java.util.Objects.requireNonNull(SSTableName.of(file));
      looks.put(file, careful(() -> one(form, name.component(), file, byComponent), file));
    }
    return looks;
  }

  private Look one(Form form, String component, Path file, Map<String, Path> all)
      throws IOException {
    Look special = form.special(component, file);
    if (special != null) {
      return special;
    }
    if (component.equals(TOC)) {
      return toc(file, all);
    }
    if (DIGEST.matcher(component).matches()) {
      return DIGEST_TEXT.matcher(text(file)).matches()
          ? Look.noContent("digest of Data.db as it is on disk")
          : Look.unknown("digest", "it is no digest");
    }
    return form.look(component, file);
  }

  private Form form(String format, Map<String, Path> files) throws IOException {
    if (format.equals("ebti")) {
      return EbtiForm.of(groups, checksums, files);
    }
    Path index = files.get(INDEX);
    boolean finished = files.containsKey(TOC);
    if (index == null) {
      return finished ? PlainForm.uncompressed() : PlainForm.unfinished(files.get(DATA));
    }
    String compressor;
    boolean ours;
    try (CompressionInfo info = CompressionInfo.open(index)) {
      compressor = info.compressor();
      ours = info.isOurs();
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      return finished
          ? new PlainForm(State.UNKNOWN, "its CompressionInfo.db cannot be understood")
          : PlainForm.unfinished(files.get(DATA));
    }
    return ours
        ? new CodecForm(groups, checksums)
        : new PlainForm(State.PLAINTEXT, "written by " + compressor);
  }

  private static Look toc(Path file, Map<String, Path> all) throws IOException {
    String kind = "names of the SSTable's files";
    Set<String> named = new LinkedHashSet<>(text(file).lines().toList());
    if (!named.stream().allMatch(line -> COMPONENT.matcher(line).matches())) {
      return Look.unknown(kind, "it holds other things than names");
    }
    List<String> faults = new ArrayList<>();
    for (String component : named) {
      // One that went with the whole SSTable is found out by whoever looks at the directory again.
      if (!all.containsKey(component) && Files.notExists(sibling(file, component))) {
        faults.add("names " + component + ", which is not there");
      }
    }
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    return Look.noContent(kind).with(faults);
  }

  private static Path sibling(Path toc, String component) {
    String name = String.valueOf(toc.getFileName());
    return toc.resolveSibling(name.substring(0, name.length() - TOC.length()) + component);
  }

  private static String text(Path file) throws IOException {
    if (Files.size(file) > MOST_TEXT) {
      return "(too long)";
    }
    return new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  /** A look that may fail. */
  interface Try {
    Look look() throws IOException;
  }

  /** A file that cannot be read is one finding, not the end of the scan. */
  static Look careful(Try attempt, Path file) throws NoSuchFileException {
    try {
      return attempt.look();
    } catch (NoSuchFileException e) {
      throw e;
    } catch (java.nio.file.FileSystemException e) {
      return Look.of(State.UNREADABLE, "file", e.getClass().getSimpleName());
    } catch (IOException e) {
      if (Files.notExists(file)) {
        NoSuchFileException gone = new NoSuchFileException(file.toString());
        gone.initCause(e);
        throw gone;
      }
      return Look.unknown("damaged", String.valueOf(e.getMessage()));
    }
  }
}
