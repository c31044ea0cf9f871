package io.cassandratde.keys.config;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;

/** A file as a tree of YAML nodes, which know their lines. */
final class YamlFile {

  private YamlFile() {}

  static Node root(Path file) {
    String text;
    try {
      text = Files.readString(file);
    } catch (MalformedInputException e) {
      throw new ConfigException(file, 0, "", "is not UTF-8 text", "save it as UTF-8");
    } catch (IOException e) {
      throw new ConfigException(
          file,
          0,
          "",
          "cannot be read (" + e + ")",
          "check that it exists and this user may read it");
    }
    LoaderOptions limits = new LoaderOptions();
    limits.setAllowDuplicateKeys(false);
    limits.setMaxAliasesForCollections(50);
    try {
      Node root = new Yaml(new SafeConstructor(limits)).compose(new StringReader(text));
      if (root == null) {
        throw new ConfigException(
            file, 0, "", "is empty", "fill it after conf/dse-style.yaml.example");
      }
      return root;
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
      throw new ConfigException(
          file, line, "", "is no valid YAML: " + e.getProblem(), "correct the syntax");
    } catch (YAMLException e) {
      throw new ConfigException(
          file, 0, "", "is no valid YAML: " + e.getMessage(), "correct the syntax");
    }
  }
}
