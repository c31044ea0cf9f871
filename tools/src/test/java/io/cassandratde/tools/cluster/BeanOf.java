package io.cassandratde.tools.cluster;

import java.lang.reflect.Array;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.Descriptor;
import javax.management.DynamicMBean;
import javax.management.JMX;
import javax.management.MBeanException;
import javax.management.MBeanInfo;
import javax.management.NotCompliantMBeanException;
import javax.management.RuntimeMBeanException;
import javax.management.StandardMBean;
import javax.management.openmbean.ArrayType;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.CompositeDataSupport;
import javax.management.openmbean.CompositeType;
import javax.management.openmbean.OpenDataException;
import javax.management.openmbean.OpenType;
import javax.management.openmbean.SimpleType;
import javax.management.openmbean.TabularData;
import javax.management.openmbean.TabularDataSupport;
import javax.management.openmbean.TabularType;
import org.jspecify.annotations.Nullable;

/**
 * A bean that answers as a test wants, in the open types of the server's real interface: what the
 * tools read by a name that the server does not have fails here as it would there.
 */
public final class BeanOf implements DynamicMBean {

  private final MBeanInfo info;
  private final Map<String, Function<Object[], @Nullable Object>> answers =
      new ConcurrentHashMap<>();

  public <T> BeanOf(Class<T> type) throws NotCompliantMBeanException {
    Object nobody =
        Proxy.newProxyInstance(
            type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> null);
    info = new StandardMBean(type.cast(nobody), type, true).getMBeanInfo();
  }

  /** Of an attribute or an operation; maps become composites, lists arrays of them. */
  public BeanOf answer(String name, Function<Object[], @Nullable Object> answer) {
    OpenType<?> type = type(name);
    answers.put(name, arguments -> open(type, answer.apply(arguments)));
    return this;
  }

  private OpenType<?> type(String name) {
    for (var attribute : info.getAttributes()) {
      if (attribute.getName().equals(name)) {
        return openType(attribute.getDescriptor());
      }
    }
    for (var operation : info.getOperations()) {
      if (operation.getName().equals(name)) {
        return openType(operation.getDescriptor());
      }
    }
    throw new IllegalArgumentException(info.getClassName() + " has no " + name);
  }

  /** Where an MXBean's description keeps it, whether the bean is an open one or not. */
  private static OpenType<?> openType(Descriptor descriptor) {
    return (OpenType<?>) descriptor.getFieldValue(JMX.OPEN_TYPE_FIELD);
  }

  private static @Nullable Object open(OpenType<?> type, @Nullable Object value) {
    try {
      if (type instanceof CompositeType composite && value instanceof Map<?, ?> fields) {
        return composite(composite, fields);
      }
      if (type instanceof TabularType tabular && value instanceof Map<?, ?> pairs) {
        return table(tabular, pairs);
      }
      if (type instanceof ArrayType<?> array && value instanceof java.util.List<?> list) {
        OpenType<?> element = array.getElementOpenType();
        Class<?> of = element instanceof CompositeType ? CompositeData.class : String.class;
        Object values = Array.newInstance(of, list.size());
        for (int i = 0; i < list.size(); i++) {
          Array.set(values, i, open(element, list.get(i)));
        }
        return values;
      }
      return value;
    } catch (OpenDataException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** As JMX has a map of texts. */
  private static TabularData table(TabularType type, Map<?, ?> pairs) throws OpenDataException {
    TabularData table = new TabularDataSupport(type);
    for (Map.Entry<?, ?> pair : pairs.entrySet()) {
      table.put(
          new CompositeDataSupport(
              type.getRowType(), Map.of("key", pair.getKey(), "value", pair.getValue())));
    }
    return table;
  }

  /** What a test does not say is 0, false, nothing. */
  private static CompositeData composite(CompositeType type, Map<?, ?> fields)
      throws OpenDataException {
    Map<String, @Nullable Object> items = new HashMap<>();
    for (String name : type.keySet()) {
      OpenType<?> of = type.getType(name);
      Object given = fields.get(name);
      items.put(
          name,
          fields.containsKey(name)
              ? given instanceof Number number ? sized(of, number) : open(of, given)
              : nothing(of));
    }
    for (Object name : fields.keySet()) {
      if (!type.containsKey((String) name)) {
        throw new IllegalArgumentException(type.getTypeName() + " has no " + name);
      }
    }
    return new CompositeDataSupport(type, items);
  }

  private static Object sized(OpenType<?> type, Number number) {
    return SimpleType.INTEGER.equals(type) ? (Object) number.intValue() : number.longValue();
  }

  private static @Nullable Object nothing(OpenType<?> type) {
    if (SimpleType.BOOLEAN.equals(type)) {
      return false;
    }
    if (SimpleType.LONG.equals(type) || SimpleType.INTEGER.equals(type)) {
      return sized(type, 0);
    }
    if (type instanceof TabularType) {
      return open(type, Map.of());
    }
    return type instanceof ArrayType<?> ? open(type, java.util.List.of()) : null;
  }

  @Override
  public @Nullable Object getAttribute(String name) throws AttributeNotFoundException {
    Function<Object[], @Nullable Object> answer = answers.get(name);
    if (answer == null) {
      throw new AttributeNotFoundException(name);
    }
    return answer.apply(new Object[0]);
  }

  @Override
  public @Nullable Object invoke(String name, Object[] arguments, String[] signature)
      throws MBeanException {
    Function<Object[], @Nullable Object> answer = answers.get(name);
    if (answer == null) {
      throw new MBeanException(new IllegalArgumentException("no answer to " + name));
    }
    try {
      return answer.apply(arguments);
    } catch (IllegalStateException refused) {
      throw new RuntimeMBeanException(refused);
    }
  }

  @Override
  public void setAttribute(Attribute attribute) throws AttributeNotFoundException {
    throw new AttributeNotFoundException(attribute.getName());
  }

  @Override
  public AttributeList getAttributes(String[] names) {
    return new AttributeList();
  }

  @Override
  public AttributeList setAttributes(AttributeList attributes) {
    return new AttributeList();
  }

  @Override
  public MBeanInfo getMBeanInfo() {
    return info;
  }
}
