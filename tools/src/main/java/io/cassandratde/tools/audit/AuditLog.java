package io.cassandratde.tools.audit;

import io.cassandratde.keys.audit.Actor;
import io.cassandratde.keys.audit.AuditFile;
import io.cassandratde.keys.audit.AuditRecord;
import io.cassandratde.keys.audit.Syslog;
import io.cassandratde.keys.config.AuditConfig;
import io.cassandratde.tools.CommandFailure;
import io.cassandratde.tools.ExitCode;
import io.cassandratde.tools.Session;
import io.cassandratde.tools.Version;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Records key operations: the intent before, the result after. What cannot be recorded is not done.
 */
public final class AuditLog {

  private final @Nullable AuditFile file;
  private final @Nullable Syslog syslog;
  private final Actor actor;
  private final Session session;

  AuditLog(@Nullable AuditFile file, @Nullable Syslog syslog, Actor actor, Session session) {
    this.file = file;
    this.syslog = syslog;
    this.actor = actor;
    this.session = session;
  }

  /**
   * As configured.
   *
   * @param config null: nothing is recorded
   * @throws CommandFailure what is configured cannot be had
   */
  public static AuditLog of(@Nullable AuditConfig config, Session session) throws CommandFailure {
    Actor actor = Actor.of(session.environment());
    if (config == null) {
      return new AuditLog(null, null, actor, session);
    }
    try {
      Syslog syslog = config.syslog() ? Syslog.system() : null;
      return new AuditLog(new AuditFile(config.file()), syslog, actor, session);
    } catch (IOException e) {
      throw refused(e);
    }
  }

  public boolean isOn() {
    return file != null;
  }

  /** An operation that is about to be carried out, such as {@code revoke}. */
  public AuditedOperation operation(String name) {
    return new AuditedOperation(this, name);
  }

  /**
   * Before anything is done; 0 where nothing is recorded.
   *
   * @return the number of the record
   * @throws CommandFailure it cannot be recorded, so it must not be done
   */
  long intent(Map<String, ? extends @Nullable Object> content) throws CommandFailure {
    AuditFile to = file;
    if (to == null) {
      return 0;
    }
    try {
      AuditFile.Written written = to.append(record(AuditRecord.INTENT, content));
      try {
        send(written.line());
      } catch (IOException e) {
        Map<String, @Nullable Object> notDone = new LinkedHashMap<>();
        notDone.put("intent", written.seq());
        notDone.put("outcome", "refused");
        notDone.put("error", String.valueOf(e.getMessage()));
        to.append(record(AuditRecord.RESULT, notDone));
        throw e;
      }
      return written.seq();
    } catch (IOException e) {
      throw refused(e);
    }
  }

  void result(Map<String, ? extends @Nullable Object> content) throws IOException {
    if (file != null) {
      send(file.append(record(AuditRecord.RESULT, content)).line());
    }
  }

  private void send(String line) throws IOException {
    if (syslog != null) {
      syslog.send(line);
    }
  }

  private Map<String, @Nullable Object> record(
      String phase, Map<String, ? extends @Nullable Object> content) {
    Map<String, @Nullable Object> record = new LinkedHashMap<>();
    record.put("time", session.clock().instant().toString());
    record.put("host", actor.host());
    record.put("user", actor.user());
    if (actor.sudoUser() != null) {
      record.put("sudo_user", actor.sudoUser());
    }
    record.put("tool", session.program() + ' ' + Version.current());
    record.put("pid", ProcessHandle.current().pid());
    record.put("phase", phase);
    record.putAll(content);
    return record;
  }

  private static CommandFailure refused(IOException e) {
    return new CommandFailure(
        ExitCode.CONFIGURATION, "nothing was done, since it could not be recorded: " + text(e), e);
  }

  static String text(IOException e) {
    return e instanceof java.nio.file.FileSystemException file && file.getReason() == null
        ? file.getFile() + ": " + e.getClass().getSimpleName()
        : String.valueOf(e.getMessage());
  }

  Session session() {
    return session;
  }
}
