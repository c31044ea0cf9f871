package io.cassandratde.keys.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The section of approvals: who must agree before a key is destroyed. Whoever can write this
 * section can make himself two people: a file that its group or others may write is refused.
 *
 * @param required how many different people
 * @param approvers their public keys, by name, in the file's order; no key stands twice
 * @param validity how long a request may be carried out
 */
public record ApprovalsConfig(int required, Map<String, PublicKey> approvers, Duration validity) {

  /** As names of approvers stand in files, commands and records. */
  public static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");

  private static final String SECTION = "approvals";
  private static final String APPROVERS = "approvers";
  private static final String REQUIRED = "required";
  private static final int MOST = 16;
  private static final int LONGEST_HOURS = 24 * 30;

  private static final Set<PosixFilePermission> WRITERS =
      Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

  public ApprovalsConfig {
    approvers = Collections.unmodifiableMap(new LinkedHashMap<>(approvers));
  }

  /** Null: there is no such section, which is the default. */
  static @Nullable ApprovalsConfig parse(YamlSection top) {
    YamlSection section = top.section(SECTION);
    if (section == null) {
      if (top.keys().contains(SECTION)) {
        throw top.wrong(
            SECTION,
            "is empty, and would approve everything",
            "name the approvers, or take the line out");
      }
      return null;
    }
    long required = section.number(REQUIRED, 2, 1, MOST);
    long hours = section.number("valid_hours", 24, 1, LONGEST_HOURS);
    boolean inPlace = section.isMapping(APPROVERS);
    String file = inPlace ? null : section.text(APPROVERS);
    Map<String, String> texts = file == null ? section.pairs(APPROVERS) : Map.of();
    section.finish();
    if (file == null ? texts.isEmpty() : file.isBlank()) {
      throw section.wrong(APPROVERS, "is missing", "name them with their keys, or a file of them");
    }
    refuseWriters(section, top.file());
    Map<String, PublicKey> approvers =
        file == null
            ? keys(section.section(APPROVERS), texts)
            : fromFile(section, section.resolve(file));
    if (approvers.size() < required) {
      throw section.wrong(
          REQUIRED,
          "is " + required + ", and there are " + approvers.size() + " approvers",
          "name more approvers: one key more than is required lets one of them be ill");
    }
    return new ApprovalsConfig((int) required, approvers, Duration.ofHours(hours));
  }

  /**
   * This section alone, for an approver's machine, where the rest may not be usable.
   *
   * @throws ConfigException the file cannot be read, or this section is wrong
   */
  public static @Nullable ApprovalsConfig load(Path configuration) {
    return parse(YamlSection.read(configuration, new HashSet<>()));
  }

  private static Map<String, PublicKey> fromFile(YamlSection section, Path file) {
    refuseWriters(section, file);
    YamlSection all = YamlSection.read(file, new HashSet<>());
    Map<String, String> texts = new LinkedHashMap<>();
    all.keys().forEach(name -> texts.put(name, all.text(name, "")));
    return keys(all, texts);
  }

  private static Map<String, PublicKey> keys(
      @Nullable YamlSection where, Map<String, String> texts) {
    Map<String, PublicKey> keys = new LinkedHashMap<>();
    if (where == null) {
      return keys;
    }
    texts.forEach(
        (name, text) -> {
          if (!NAME.matcher(name).matches()) {
            throw where.wrong(
                name, "is no name of an approver", "use letters, digits and . _ @ -, at most 64");
          }
          PublicKey key = key(where, name, text);
          keys.forEach(
              (other, its) -> {
                if (its.equals(key)) {
                  throw where.wrong(
                      name,
                      "has the key of " + other + ": one person would count as two",
                      "give each approver a key of his own");
                }
              });
          keys.put(name, key);
        });
    return keys;
  }

  private static PublicKey key(YamlSection where, String name, String text) {
    try {
      byte[] encoded = Base64.getDecoder().decode(text);
      PublicKey key =
          KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
      if (!java.util.Arrays.equals(key.getEncoded(), encoded)) {
        throw new IllegalArgumentException("something stands behind the key");
      }
      return key;
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw where.wrong(
          name,
          "is no Ed25519 public key in base64",
          "copy the line that `cassandra-tde approve --new-key " + name + "` printed");
    }
  }

  private static void refuseWriters(YamlSection section, Path file) {
    try {
      PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
      Set<PosixFilePermission> all = view == null ? Set.of() : view.readAttributes().permissions();
      if (!Collections.disjoint(all, WRITERS)) {
        throw section.wrong(
            APPROVERS,
            "stands in "
                + file
                + ", which others than its owner may write ("
                + PosixFilePermissions.toString(all)
                + "): they could approve as anybody",
            "chmod go-w " + file);
      }
    } catch (IOException e) {
      throw section.wrong(
          APPROVERS,
          "stands in " + file + ", which cannot be read (" + e + ")",
          "correct the path");
    }
  }
}
