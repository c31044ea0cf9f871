package io.cassandratde.tools;

/** Exit codes, sorted by what the operator does next. Documented in docs/CLI.md; never renumber. */
public enum ExitCode {
  OK(0),
  UNEXPECTED(1),
  USAGE(2),
  CONFIGURATION(3),
  UNREACHABLE(4),
  NOT_FOUND(5),
  REFUSED(6),
  UNSUPPORTED(7),
  TLS(8),
  INCOMPLETE(9),
  NOT_CONFIRMED(10),
  PLAINTEXT(11),
  KEY_LOST(12),
  TAMPERED(13),
  STILL_NEEDED(14),
  NOT_APPROVED(15),

  /** As after Ctrl-C, by which the shell ends a program. */
  STOPPED(130);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }
}
