package io.cassandratde.tools.command;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * How many words a command takes besides its options. Airline by itself knows only "one" and "any
 * number", in its checks and in its help.
 */
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Operands {

  /** As help and errors write them, in the notation of man pages. */
  String form();

  int least() default 0;

  int most() default Integer.MAX_VALUE;
}
