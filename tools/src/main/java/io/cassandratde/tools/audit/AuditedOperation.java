package io.cassandratde.tools.audit;

import io.cassandratde.keys.config.KmipGroupConfig;
import io.cassandratde.kmip.KmipTlsException;
import io.cassandratde.kmip.transport.ClientIdentity;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One operation and what is recorded of it. Nothing here may be a secret. */
public final class AuditedOperation {

  /** Of what a server or a file says. */
  private static final int LONGEST_TEXT = 2000;

  private final AuditLog log;
  private final String name;
  private final Map<String, @Nullable Object> target = new LinkedHashMap<>();
  private final Map<String, @Nullable Object> options = new LinkedHashMap<>();

  AuditedOperation(AuditLog log, String name) {
    this.log = log;
    this.name = name;
  }

  /** A KMIP group, and who this machine is to it. */
  public AuditedOperation group(KmipGroupConfig group) throws KmipTlsException {
    target.put("group", group.name());
    if (log.isOn()) {
      target.put("certificate", ClientIdentity.subject(group.administration()));
    }
    return this;
  }

  /** A group by its name alone: no key server is asked. */
  public AuditedOperation groupName(String group) {
    target.put("group", cut(group));
    return this;
  }

  /** Key files of this machine. */
  public AuditedOperation localGroup() {
    target.put("group", "local");
    return this;
  }

  public AuditedOperation key(@Nullable String id) {
    target.put("key", cut(id));
    return this;
  }

  /** As the command line has it; left out where it was not given. */
  public AuditedOperation option(String option, @Nullable Object value) {
    if (value != null && !Boolean.FALSE.equals(value)) {
      options.put(option, value instanceof String text ? cut(text) : value);
    }
    return this;
  }

  /** Carries it out. */
  public <T> T run(Callable<T> step) throws Exception {
    return run(step, result -> null);
  }

  /**
   * Carries out what makes a key.
   *
   * @param made the id of the key, if the result tells it
   * @throws CommandFailure it was not recorded: before it was done, then it was not done; or after
   */
  public <T> T run(Callable<T> step, Function<T, @Nullable String> made) throws Exception {
    Map<String, @Nullable Object> intent = new LinkedHashMap<>();
    intent.put("operation", name);
    intent.putAll(target);
    intent.put("options", options);
    long seq = log.intent(intent);
    T result;
    try {
      result = step.call();
    } catch (Exception | Error e) {
      failed(seq, e);
      throw e;
    }
    String key = made.apply(result);
    if (key != null) {
      target.put("key", cut(key));
    }
    try {
      log.result(result(seq, "done", null));
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.INCOMPLETE,
          "%s of key %s was carried out, and that it was could not be recorded: %s"
              .formatted(name, target.get("key"), AuditLog.text(e)),
          e);
    }
    return result;
  }

  private void failed(long seq, Throwable thrown) {
    try {
      log.result(result(seq, "failed", String.valueOf(thrown.getMessage())));
    } catch (IOException e) {
      thrown.addSuppressed(e);
      log.session().terminal().warn("the failure could not be recorded: " + AuditLog.text(e));
    }
  }

  private Map<String, @Nullable Object> result(long seq, String outcome, @Nullable String error) {
    Map<String, @Nullable Object> result = new LinkedHashMap<>();
    result.put("intent", seq);
    result.put("operation", name);
    result.putAll(target);
    result.put("outcome", outcome);
    if (error != null) {
      result.put("error", cut(error));
    }
    return result;
  }

  private static @Nullable String cut(@Nullable String text) {
    return text == null || text.length() <= LONGEST_TEXT
        ? text
        : text.substring(0, LONGEST_TEXT) + "…";
  }
}
