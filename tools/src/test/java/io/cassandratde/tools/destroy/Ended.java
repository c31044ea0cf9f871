package io.cassandratde.tools.destroy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One that has ended. */
public final class Ended {
  private final String id;
  private final String group;
  private final String keyId;

  public Ended(String id, String group, String keyId) {
    this.id = id;
    this.group = group;
    this.keyId = keyId;
  }

  public String getId() {
    return id;
  }

  public String getKind() {
    return "release";
  }

  public String getGroup() {
    return group;
  }

  public String getKeyId() {
    return keyId;
  }

  public String[] getTables() {
    return new String[0];
  }

  public String getState() {
    return "DONE";
  }

  public @Nullable String getStarted() {
    return null;
  }

  public @Nullable String getEnded() {
    return null;
  }

  public long getSSTables() {
    return 0;
  }

  public long getSSTablesDone() {
    return 0;
  }

  public long getBytes() {
    return 0;
  }

  public long getBytesDone() {
    return 0;
  }

  public long getFailureCount() {
    return 0;
  }

  public List<KeyBeans.Item> getFailures() {
    return List.of();
  }
}
