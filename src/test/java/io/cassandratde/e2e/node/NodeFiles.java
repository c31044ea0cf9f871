package io.cassandratde.e2e.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a node needs on disk before it starts: cassandra.yaml and logback.xml. */
record NodeFiles(Path directory, String address) {

  Path yaml() {
    return directory.resolve("conf/cassandra.yaml");
  }

  Path logback() {
    return directory.resolve("conf/logback.xml");
  }

  Path toolsLogback() {
    return directory.resolve("conf/logback-tools.xml");
  }

  Path systemLog() {
    return directory.resolve("logs/system.log");
  }

  Path data() {
    return directory.resolve("data");
  }

  void write(String extraYaml) throws IOException {
    Files.createDirectories(directory.resolve("conf"));
    Files.createDirectories(directory.resolve("logs"));
    Files.writeString(yaml(), cassandraYaml() + extraYaml);
    Files.writeString(logback(), logbackXml());
    Files.writeString(toolsLogback(), "<configuration><root level=\"ERROR\"/></configuration>\n");
  }

  /**
   * Stock settings, but for addresses, folders and the two features that are off by default and
   * tested here.
   */
  private String cassandraYaml() {
    return """
        cluster_name: tde-e2e
        num_tokens: 4
        partitioner: org.apache.cassandra.dht.Murmur3Partitioner
        endpoint_snitch: SimpleSnitch
        seed_provider:
          - class_name: org.apache.cassandra.locator.SimpleSeedProvider
            parameters: [{ seeds: "%1$s" }]
        listen_address: %1$s
        rpc_address: %1$s
        storage_port: %3$d
        native_transport_port: %4$d
        data_file_directories: [ "%2$s/data" ]
        commitlog_directory: %2$s/commitlog
        cdc_raw_directory: %2$s/cdc_raw
        hints_directory: %2$s/hints
        saved_caches_directory: %2$s/saved_caches
        commitlog_sync: periodic
        commitlog_sync_period: 1000ms
        disk_failure_policy: stop
        commit_failure_policy: stop
        materialized_views_enabled: true
        """
        .formatted(address, directory, Loopback.STORAGE_PORT, Loopback.CQL_PORT);
  }

  private String logbackXml() {
    return """
        <configuration>
          <appender name="FILE" class="ch.qos.logback.core.FileAppender">
            <file>%s</file>
            <encoder><pattern>%%-5level [%%thread] %%date{ISO8601} %%F:%%L - %%msg%%n</pattern></encoder>
          </appender>
          <root level="INFO"><appender-ref ref="FILE"/></root>
        </configuration>
        """
        .formatted(systemLog());
  }
}
