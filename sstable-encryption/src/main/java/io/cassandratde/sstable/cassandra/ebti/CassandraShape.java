package io.cassandratde.sstable.cassandra.ebti;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cassandratde.sstable.cassandra.ebti.ClassReferences.Member;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Holds this Cassandra against all that our classes lean on, by its shape and not by its version:
 * every class, method and field that they name, as their class files say, and every method that
 * they override. Without it a difference would show as a LinkageError in the middle of a flush, or,
 * for a method that is not called any more, as files that nothing encrypts.
 */
final class CassandraShape {

  /** Lines of {@code owner name descriptor}; held by a test to what is overridden. */
  static final String OVERRIDES = "/META-INF/cassandra-tde/overrides";

  private static final String CASSANDRA = "org/apache/cassandra/";
  private static final String BTI = CASSANDRA + "io/sstable/format/bti/Ebti";
  private static final String COMPRESS = CASSANDRA + "io/compress/Encrypt";
  private static final String PAXOS = CASSANDRA + "service/paxos/uncommitted/PaxosMerge";

  private final ClassLoader loader = Objects.requireNonNull(getClass().getClassLoader());
  private final Set<String> differences = new TreeSet<>();

  private CassandraShape() {}

  /** What is not as it must be, one line each; empty: all fits. */
  static Set<String> differences() throws IOException {
    CassandraShape shape = new CassandraShape();
    for (String ours : ours(shape.loader)) {
      shape.check(ours);
    }
    try (BufferedReader overrides =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(CassandraShape.class.getResourceAsStream(OVERRIDES)),
                UTF_8))) {
      overrides.lines().map(line -> line.split(" ", -1)).forEach(shape::checkOverride);
    }
    return shape.differences;
  }

  private static boolean isOurs(String name) {
    return name.startsWith("io/cassandratde/sstable/cassandra/")
        || name.startsWith(BTI)
        || name.startsWith(COMPRESS)
        || name.startsWith(PAXOS);
  }

  /** Our classes that the format needs, found from its factory on. */
  static Set<String> ours(ClassLoader loader) throws IOException {
    Set<String> found = new LinkedHashSet<>();
    Deque<String> left = new ArrayDeque<>(List.of(BTI + "Format$Factory"));
    while (!left.isEmpty()) {
      String name = left.remove();
      if (found.add(name)) {
        references(loader, name).classes().stream()
            .filter(CassandraShape::isOurs)
            .forEach(left::add);
      }
    }
    return found;
  }

  private static ClassReferences references(ClassLoader loader, String name) throws IOException {
    try (InputStream file = loader.getResourceAsStream(name + ".class")) {
      if (file == null) {
        throw new IOException("class " + name + " of cassandra-tde is missing in its jar");
      }
      return ClassReferences.read(file);
    }
  }

  private void check(String ours) throws IOException {
    ClassReferences references = references(loader, ours);
    for (String name : references.classes()) {
      if (name.startsWith(CASSANDRA) && !isOurs(name)) {
        var unused = load(name);
      }
    }
    for (Member member : references.members()) {
      if (member.owner().startsWith(CASSANDRA) || isOurs(member.owner())) {
        Class<?> owner = load(member.owner());
        if (owner != null && !isThere(owner, member, ours)) {
          differences.add(member + " is not there");
        }
      }
    }
  }

  private @Nullable Class<?> load(String name) {
    try {
      return Class.forName(name.replace('/', '.'), false, loader);
    } catch (ClassNotFoundException | LinkageError e) {
      differences.add("class " + name.replace('/', '.') + " is not there (" + e + ")");
      return null;
    }
  }

  private static boolean isThere(Class<?> owner, Member member, String from) {
    for (Class<?> type : lineage(owner)) {
      try {
        if (member.isMethod() ? hasMethod(type, member, from) : hasField(type, member, from)) {
          return true;
        }
      } catch (NoClassDefFoundError optional) {
        return true; // a member of it names a library that this class path does without
      }
    }
    return false;
  }

  private static boolean hasMethod(Class<?> type, Member member, String from) {
    if (member.name().equals("<init>")) {
      for (Constructor<?> constructor : type.getDeclaredConstructors()) {
        if (descriptor(constructor, void.class).equals(member.descriptor())
            && isVisible(constructor.getModifiers(), type, from)) {
          return true;
        }
      }
      return false;
    }
    return method(type, member, from) != null;
  }

  private static @Nullable Method method(Class<?> type, Member member, String from) {
    for (Method method : type.getDeclaredMethods()) {
      if (method.getName().equals(member.name())
          && descriptor(method, method.getReturnType()).equals(member.descriptor())
          && isVisible(method.getModifiers(), type, from)) {
        return method;
      }
    }
    return null;
  }

  private static boolean hasField(Class<?> type, Member member, String from) {
    for (Field field : type.getDeclaredFields()) {
      if (field.getName().equals(member.name())
          && field.getType().descriptorString().equals(member.descriptor())
          && isVisible(field.getModifiers(), type, from)) {
        return true;
      }
    }
    return false;
  }

  private static String descriptor(Executable executable, Class<?> returned) {
    return MethodType.methodType(returned, executable.getParameterTypes())
        .toMethodDescriptorString();
  }

  private static boolean isVisible(int modifiers, Class<?> declaring, String from) {
    String declaringName = declaring.getName();
    if (isOurs(declaringName.replace('.', '/'))) {
      return true;
    }
    if (Modifier.isPrivate(modifiers)) {
      return false;
    }
    String fromPackage = from.substring(0, from.lastIndexOf('/')).replace('/', '.');
    return Modifier.isPublic(modifiers)
        || Modifier.isProtected(modifiers)
        || declaring.getPackageName().equals(fromPackage);
  }

  private static Set<Class<?>> lineage(Class<?> type) {
    Set<Class<?>> all = new LinkedHashSet<>();
    Deque<Class<?>> left = new ArrayDeque<>(List.of(type, Object.class));
    while (!left.isEmpty()) {
      Class<?> next = left.remove();
      if (all.add(next)) {
        if (next.getSuperclass() != null) {
          left.add(next.getSuperclass());
        }
        left.addAll(List.of(next.getInterfaces()));
      }
    }
    return all;
  }

  private void checkOverride(String[] line) {
    Class<?> ours = load(line[0]);
    if (ours == null) {
      return;
    }
    Member method = new Member(line[0], line[1], line[2]);
    if (overridden(ours, method) == null) {
      differences.add(method + " overrides nothing any more, so Cassandra does not call it");
    }
  }

  /** The method of Cassandra's that this one of ours overrides; null: none. */
  private static @Nullable Method overridden(Class<?> ours, Member member) {
    for (Class<?> type : lineage(ours)) {
      String name = type.getName().replace('.', '/');
      if (name.startsWith(CASSANDRA) && !isOurs(name)) {
        Method method = method(type, member, ours.getName().replace('.', '/'));
        if (method != null && !Modifier.isStatic(method.getModifiers())) {
          return method;
        }
      }
    }
    return null;
  }

  /** All that our classes override in this Cassandra, as {@link #OVERRIDES} holds it. */
  static List<String> overrides() throws IOException, ClassNotFoundException {
    ClassLoader loader = Objects.requireNonNull(CassandraShape.class.getClassLoader());
    List<String> lines = new ArrayList<>();
    for (String name : new TreeSet<>(ours(loader))) {
      Class<?> ours = Class.forName(name.replace('/', '.'), false, loader);
      Set<String> ofClass = new TreeSet<>();
      for (Method method : ours.getDeclaredMethods()) {
        Member member =
            new Member(name, method.getName(), descriptor(method, method.getReturnType()));
        if (!method.isBridge()
            && !method.isSynthetic()
            && !Modifier.isStatic(method.getModifiers())
            && overridden(ours, member) != null) {
          ofClass.add(name + ' ' + member.name() + ' ' + member.descriptor());
        }
      }
      lines.addAll(ofClass);
    }
    return lines;
  }
}
