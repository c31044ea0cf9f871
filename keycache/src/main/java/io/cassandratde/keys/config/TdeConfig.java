package io.cassandratde.keys.config;

/** The configuration file. */
public record TdeConfig(LegacyCiphers legacyCiphers) {}
