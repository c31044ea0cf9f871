package io.cassandratde.tools.cluster;

import io.cassandratde.tools.jmx.NodeConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.ReflectionException;
import javax.management.RuntimeMBeanException;
import org.jspecify.annotations.Nullable;

/**
 * The beans of cassandra-tde in one node: what fails is told with the node's name and the reason.
 */
record Beans(NodeConnection node) {

  @Nullable Object attribute(String bean, String name) throws NodeFailureException {
    try {
      return node.attribute(bean, name);
    } catch (IOException | JMException | RuntimeException e) {
      throw failure(bean, name, e);
    }
  }

  Object invoke(
      String bean, String operation, List<? extends Class<?>> signature, Object... arguments)
      throws NodeFailureException {
    try {
      // An MXBean's List is an array in JMX.
      Object[] open =
          Arrays.stream(arguments)
              .map(each -> each instanceof List<?> list ? list.toArray(new String[0]) : each)
              .toArray();
      List<Class<?>> types =
          signature.stream().<Class<?>>map(t -> t == List.class ? String[].class : t).toList();
      return node.invoke(bean, operation, types, open);
    } catch (IOException | JMException | RuntimeException e) {
      throw failure(bean, operation, e);
    }
  }

  /** The bean answers, and what it would have to ask does not. */
  private static boolean isOutage(Exception e) {
    return e.getCause() instanceof UncheckedIOException;
  }

  private NodeFailureException failure(String bean, String what, Exception e) {
    if (e instanceof InstanceNotFoundException) {
      return new NodeFailureException(
          node.address()
              + ": there is no "
              + bean
              + ": cassandra-tde is not installed there, of another release, or has opened no"
              + " encrypted table since the start",
          true,
          e);
    }
    if (e instanceof ReflectionException) {
      return new NodeFailureException(
          node.address() + ": its cassandra-tde, of another release, has no " + what, true, e);
    }
    boolean refused = e instanceof RuntimeMBeanException && !isOutage(e);
    String why = NodeConnection.rootMessage(e);
    return new NodeFailureException(
        node.address() + ": " + (refused ? why : what + " failed: " + why), refused, e);
  }
}
