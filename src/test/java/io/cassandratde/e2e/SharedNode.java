package io.cassandratde.e2e;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * On classes that work on {@link TestBed#node()}: one of them at a time, for each reads that node's
 * log and counts its files; beside it runs one that has nodes of its own.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(SharedTestBed.class)
@ResourceLock("node of the test bed")
@interface SharedNode {}
