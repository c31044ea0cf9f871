package io.cassandratde.sstable.cassandra.configuration;

import io.cassandratde.keys.runtime.TdeRuntime;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.security.AccessController;
import java.security.Principal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.security.auth.Subject;
import org.jspecify.annotations.Nullable;

/**
 * A bean whose operations stand in the node's audit log, with the caller's name where JMX knows it.
 * The key that one is about is what its interface calls {@code group} and {@code keyId}; attributes
 * are not recorded.
 */
public final class RecordedBean implements InvocationHandler {

  /** Names of parameters: this project is compiled with them. */
  private static final Set<String> KEY = Set.of("group", "keyId");

  private final TdeRuntime runtime;
  private final Object bean;

  private RecordedBean(TdeRuntime runtime, Object bean) {
    this.runtime = runtime;
    this.bean = bean;
  }

  /** The same bean, recorded. */
  public static <T> T of(Class<T> type, T bean, TdeRuntime runtime) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(), new Class<?>[] {type}, new RecordedBean(runtime, bean)));
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] given)
      throws Throwable {
    Object[] arguments = given == null ? new Object[0] : given;
    boolean attribute =
        method.getDeclaringClass() == Object.class || method.getName().startsWith("get");
    try {
      Object result = method.invoke(bean, arguments);
      if (!attribute) {
        record(method, arguments, result, null);
      }
      return result;
    } catch (InvocationTargetException e) {
      Throwable failure = e.getCause() == null ? e : e.getCause();
      if (!attribute) {
        record(method, arguments, null, String.valueOf(failure.getMessage()));
      }
      throw failure;
    }
  }

  private void record(
      Method method, Object[] arguments, @Nullable Object result, @Nullable String error) {
    Map<String, @Nullable String> key = new HashMap<>();
    List<String> others = new ArrayList<>();
    for (int i = 0; i < arguments.length; i++) {
      String name = method.getParameters()[i].getName();
      String value = String.valueOf(arguments[i]);
      if (KEY.contains(name)) {
        key.put(name, value);
      } else {
        others.add(value);
      }
    }
    Map<String, @Nullable Object> more = new LinkedHashMap<>();
    more.put("jmx_user", caller());
    more.put("arguments", others.isEmpty() ? null : others);
    more.put("result", result instanceof String || result instanceof Boolean ? result : null);
    runtime.record(name(method), key.get("group"), key.get("keyId"), more, error);
  }

  /** {@code check-key}. */
  private static String name(Method method) {
    return method.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  /** Null: JMX was not told who calls, as without authentication, or it is this process. */
  @SuppressWarnings("removal") // the JMX server of Java 17 tells the caller in no other way
  static @Nullable String caller() {
    Subject subject = Subject.getSubject(AccessController.getContext());
    return subject == null || subject.getPrincipals().isEmpty()
        ? null
        : subject.getPrincipals().stream()
            .map(Principal::getName)
            .collect(Collectors.joining(", "));
  }
}
