package io.cassandratde.sstable.cassandra.ebti;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a class file leans on, from its constant pool (JVMS 4.4): classes, and members by owner,
 * name and descriptor.
 */
final class ClassReferences {

  /** A method or field; names as the JVM writes them. */
  record Member(String owner, String name, String descriptor) implements Comparable<Member> {
    boolean isMethod() {
      return descriptor.startsWith("(");
    }

    @Override
    public int compareTo(Member other) {
      return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
      return owner.replace('/', '.') + '.' + name + ' ' + descriptor;
    }
  }

  private static final int MAGIC = 0xCAFEBABE;

  private final Set<String> classes = new TreeSet<>();
  private final Set<Member> members = new TreeSet<>();

  private ClassReferences() {}

  /** Names of classes, with slashes; no arrays. */
  Set<String> classes() {
    return classes;
  }

  Set<Member> members() {
    return members;
  }

  static ClassReferences read(InputStream file) throws IOException {
    DataInputStream in = new DataInputStream(file);
    if (in.readInt() != MAGIC) {
      throw new IOException("no class file");
    }
    in.readInt(); // version
    int count = in.readUnsignedShort();
    String[] texts = new String[count];
    int[] first = new int[count];
    int[] second = new int[count];
    List<Integer> classAt = new ArrayList<>();
    List<Integer> memberAt = new ArrayList<>();
    for (int i = 1; i < count; i++) {
      int tag = in.readUnsignedByte();
      switch (tag) {
        case 1 -> texts[i] = in.readUTF();
        case 3, 4 -> in.readInt();
        case 5, 6 -> {
          in.readLong();
          i++; // takes two entries
        }
        case 7 -> {
          first[i] = in.readUnsignedShort();
          classAt.add(i);
        }
        case 8, 16, 19, 20 -> first[i] = in.readUnsignedShort();
        case 9, 10, 11 -> {
          first[i] = in.readUnsignedShort();
          second[i] = in.readUnsignedShort();
          memberAt.add(i);
        }
        case 12, 17, 18 -> {
          first[i] = in.readUnsignedShort();
          second[i] = in.readUnsignedShort();
        }
        case 15 -> {
          in.readUnsignedByte();
          first[i] = in.readUnsignedShort();
        }
        default -> throw new IOException("constant of tag " + tag);
      }
    }
    ClassReferences found = new ClassReferences();
    for (int at : classAt) {
      String name = texts[first[at]];
      if (!name.startsWith("[")) {
        found.classes.add(name);
      }
    }
    for (int at : memberAt) {
      int nameAndType = second[at];
      String owner = texts[first[first[at]]];
      if (!owner.startsWith("[")) {
        found.members.add(new Member(owner, texts[first[nameAndType]], texts[second[nameAndType]]));
      }
    }
    return found;
  }
}
