package io.cassandratde.sstable.cassandra.configuration;

import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.audit.NodeAudit;
import io.cassandratde.keys.config.ConfigException;
import io.cassandratde.keys.runtime.Reloaded;
import io.cassandratde.keys.runtime.TdeRuntime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.cassandra.utils.MBeanWrapper;
import org.apache.cassandra.utils.MBeanWrapper.OnException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The bean, and what looks at TLS stores and certificates from time to time. */
public final class Configuration implements ConfigurationMXBean, AutoCloseable {

  private static final Logger logger = LoggerFactory.getLogger(Configuration.class);

  private final TdeRuntime runtime;
  private final InstantSource clock;
  private final CertificateGauges gauges;
  private final ExpiryWarnings warnings;
  private final @Nullable AuditGauges auditGauges;
  private final ExecutorService looks;
  private final AtomicBoolean looking = new AtomicBoolean();
  private volatile Instant readAt;
  private volatile @Nullable String storesFailure;

  Configuration(TdeRuntime runtime, InstantSource clock) {
    this.runtime = runtime;
    this.clock = clock;
    this.gauges = new CertificateGauges(runtime, clock);
    this.warnings = new ExpiryWarnings(clock, logger::warn);
    this.readAt = clock.instant();
    NodeAudit audit = runtime.audit();
    this.auditGauges = audit == null ? null : new AuditGauges(audit);
    // Its own, for new stores are tried at the key servers before they are used.
    this.looks =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "tde-tls-stores");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Registers the bean; what fails of that is logged, for no table waits for it. */
  public static Configuration open(TdeRuntime runtime) {
    Configuration bean = new Configuration(runtime, InstantSource.system());
    guarded("registering", bean::register);
    bean.look();
    return bean;
  }

  private void register() {
    unregister();
    MBeanWrapper.instance.registerMBean(this, NAME, OnException.LOG);
  }

  private static void unregister() {
    MBeanWrapper.instance.unregisterMBean(NAME, OnException.IGNORE);
  }

  private static void guarded(String what, Runnable action) {
    try {
      action.run();
    } catch (RuntimeException | LinkageError e) {
      logger.warn("{} the configuration bean failed; encryption goes on without it", what, e);
    }
  }

  /** Looks at stores and certificates in the background, if it does not do that already. */
  public void look() {
    if (looking.compareAndSet(false, true)) {
      try {
        looks.execute(this::lookNow);
      } catch (RejectedExecutionException closed) {
        looking.set(false);
      }
    }
  }

  private void lookNow() {
    try {
      renewStores();
      show();
    } catch (RuntimeException | Error e) {
      logger.warn("Looking at TLS stores and certificates failed; it is tried again", e);
    } finally {
      looking.set(false);
    }
  }

  /** Whatever is wrong with the new ones, those in use stay; it is told once for each reason. */
  void renewStores() {
    try {
      for (String group : runtime.renewStores()) {
        runtime.record("tls-stores", group, null, Map.of(), null);
      }
      storesFailure = null;
    } catch (KeyException e) {
      String failure = String.valueOf(e.getMessage()) + because(e);
      if (!failure.equals(storesFailure)) {
        runtime.record("tls-stores", null, null, Map.of(), failure);
        logger.error(
            "TLS STORES: the files have changed and cannot be used; those of before stay in use"
                + " until they can (it is tried every 10 s): {}",
            failure);
      }
      storesFailure = failure;
    }
  }

  private static String because(Throwable failure) {
    Throwable cause = failure.getCause();
    return cause == null ? "" : ": " + cause.getMessage();
  }

  void show() {
    List<StoredCertificate> certificates = StoredCertificate.all(runtime);
    warnings.look(certificates);
    gauges.update(certificates);
  }

  @Override
  public String getFile() {
    return runtime.config().file().toString();
  }

  @Override
  public ReloadReport reload() {
    try {
      Reloaded reloaded = runtime.reload();
      readAt = clock.instant();
      storesFailure = null;
      show();
      record(reloaded.changed(), reloaded.needRestart(), null);
      return new ReloadReport(reloaded);
    } catch (ConfigException | KeyException e) {
      String failure = e.getMessage() + because(e);
      record(null, null, failure);
      logger.error("Reload refused, everything stays as it was: {}", failure);
      // Of the JDK, for the class of another would have to be on the caller's class path.
      throw new IllegalStateException("Nothing was changed. " + failure);
    }
  }

  @Override
  public String getReadAt() {
    return readAt.toString();
  }

  private void record(
      @Nullable List<String> changed, @Nullable List<String> needRestart, @Nullable String error) {
    Map<String, @Nullable Object> more = new LinkedHashMap<>();
    more.put("file", getFile());
    more.put("jmx_user", RecordedBean.caller());
    more.put("changed", changed);
    more.put("need_restart", needRestart);
    runtime.record("reload", null, null, more, error);
  }

  @Override
  public @Nullable String getStoresFailure() {
    return storesFailure;
  }

  @Override
  public List<CertificateStatus> getCertificates() {
    Instant now = clock.instant();
    return StoredCertificate.all(runtime).stream()
        .map(certificate -> new CertificateStatus(certificate, now))
        .toList();
  }

  @Override
  public void close() {
    looks.shutdownNow();
    guarded("ending", Configuration::unregister);
    guarded("ending", gauges::close);
    AuditGauges shown = auditGauges;
    if (shown != null) {
      guarded("ending", shown::close);
    }
  }
}
