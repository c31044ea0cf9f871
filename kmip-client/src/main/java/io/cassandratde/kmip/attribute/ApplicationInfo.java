package io.cassandratde.kmip.attribute;

/**
 * Application Specific Information (KMIP 1.4 section 3.36): data of one application by name space.
 */
public record ApplicationInfo(String namespace, String data) {}
