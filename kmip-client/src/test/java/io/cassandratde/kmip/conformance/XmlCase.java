package io.cassandratde.kmip.conformance;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** One official case: requests and responses in turn, in KMIP's XML encoding. */
record XmlCase(String name, List<Element> messages) {

  /** An item; a structure has children and neither type nor value. */
  record Element(String tag, String type, @Nullable String value, List<Element> children) {
    boolean leaf() {
      return value != null;
    }

    String text() {
      return value == null ? "" : value;
    }

    @Nullable Element child(String childTag) {
      for (Element child : children) {
        if (child.tag.equals(childTag)) {
          return child;
        }
      }
      return null;
    }

    List<Element> all(String childTag) {
      return children.stream().filter(child -> child.tag.equals(childTag)).toList();
    }

    /** The value of a child, empty when there is no such child. */
    String textOf(String childTag) {
      Element child = child(childTag);
      return child == null ? "" : child.text();
    }

    Element withValue(String newValue) {
      return new Element(tag, type, newValue, children);
    }

    Element withChildren(List<Element> newChildren) {
      return new Element(tag, type, value, List.copyOf(newChildren));
    }
  }

  static XmlCase read(Path file) throws IOException {
    String name = file.getFileName().toString().replace(".xml", "");
    String text = Files.readString(file, StandardCharsets.UTF_8);
    // TC-ECDSA-SIGN-1-14 repeats its last lines after the end of the document.
    int end = text.indexOf("</KMIP>");
    if (end < 0) {
      throw new IOException(name + " has no KMIP element");
    }
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      Node root =
          factory
              .newDocumentBuilder()
              .parse(new InputSource(new StringReader(text.substring(0, end) + "</KMIP>")))
              .getDocumentElement();
      return new XmlCase(name, children(root));
    } catch (ParserConfigurationException | SAXException e) {
      throw new IOException(name + ": " + e.getMessage(), e);
    }
  }

  private static List<Element> children(Node parent) {
    List<Element> found = new ArrayList<>();
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof org.w3c.dom.Element element) {
        String type = element.hasAttribute("type") ? element.getAttribute("type") : "Structure";
        found.add(
            new Element(
                element.getTagName(),
                type,
                element.hasAttribute("value") ? element.getAttribute("value") : null,
                children(element)));
      }
    }
    return List.copyOf(found);
  }
}
