package io.cassandratde.tools;

import io.cassandratde.keys.KeyAccessDeniedException;
import io.cassandratde.keys.KeyConfigException;
import io.cassandratde.keys.KeyException;
import io.cassandratde.keys.KeyNotFoundException;
import io.cassandratde.keys.KeyUnavailableException;
import io.cassandratde.keys.config.ConfigException;
import io.cassandratde.keys.kmip.AdministrationException;
import io.cassandratde.keys.kmip.ExpiryUnsupportedException;
import io.cassandratde.keys.kmip.NotVerifiedException;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.KmipNotFoundException;
import io.cassandratde.kmip.KmipProtocolException;
import io.cassandratde.kmip.KmipRefusedException;
import io.cassandratde.kmip.KmipTlsException;
import io.cassandratde.kmip.KmipUnavailableException;
import io.cassandratde.tools.cluster.NodeFailureException;
import io.cassandratde.tools.output.Printable;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** An exception as one line on standard error and an exit code; a stack trace only on request. */
final class ErrorReport {
  private ErrorReport() {}

  static ExitCode print(Session session, Exception thrown, boolean debug) {
    PrintStream err = session.terminal().err();
    ExitCode code = exitCode(thrown);
    String message =
        thrown instanceof FileSystemException file ? ofFile(file) : thrown.getMessage();
    String line =
        code == ExitCode.UNEXPECTED && !(thrown instanceof KmipException)
            ? "unexpected " + thrown + (debug ? "" : "; run again with --debug")
            : message == null ? thrown.toString() : message;
    err.println(session.program() + ": " + Printable.of(line.replaceAll("\\s*\\R\\s*", " ")));
    if (debug) {
      thrown.printStackTrace(err);
    }
    if (thrown instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    return code;
  }

  /** Java says no more than the file's name where the kind of the exception is the reason. */
  private static String ofFile(FileSystemException thrown) {
    String reason = thrown.getReason();
    if (reason == null) {
      reason =
          thrown instanceof NoSuchFileException
              ? "there is no such file or directory"
              : thrown instanceof AccessDeniedException
                  ? "this user may not use it so"
                  : thrown.getClass().getSimpleName();
    }
    return thrown.getFile() + ": " + reason;
  }

  static ExitCode exitCode(Exception thrown) {
    if (thrown instanceof CommandFailure failure) {
      return failure.exitCode();
    }
    if (thrown instanceof ConfigException || thrown instanceof FileSystemException) {
      return ExitCode.CONFIGURATION;
    }
    if (thrown instanceof KmipException kmip) {
      return ofKmip(kmip);
    }
    if (thrown instanceof NodeFailureException node) {
      return node.refused() ? ExitCode.REFUSED : ExitCode.UNREACHABLE;
    }
    if (thrown instanceof AdministrationException administration) {
      return ofAdministration(administration);
    }
    if (thrown instanceof KeyException key) {
      return ofKey(key);
    }
    return ExitCode.UNEXPECTED;
  }

  private static ExitCode ofKmip(KmipException thrown) {
    if (thrown instanceof KmipUnavailableException) {
      return ExitCode.UNREACHABLE;
    }
    if (thrown instanceof KmipNotFoundException) {
      return ExitCode.NOT_FOUND;
    }
    if (thrown instanceof KmipTlsException) {
      return ExitCode.TLS;
    }
    if (thrown instanceof KmipRefusedException refused && refused.unsupported()) {
      return ExitCode.UNSUPPORTED;
    }
    return thrown instanceof KmipProtocolException ? ExitCode.UNEXPECTED : ExitCode.REFUSED;
  }

  private static ExitCode ofAdministration(AdministrationException thrown) {
    if (thrown instanceof ExpiryUnsupportedException) {
      return ExitCode.UNSUPPORTED;
    }
    return thrown instanceof NotVerifiedException ? ExitCode.INCOMPLETE : ExitCode.REFUSED;
  }

  private static ExitCode ofKey(KeyException thrown) {
    if (thrown instanceof KeyUnavailableException) {
      return ExitCode.UNREACHABLE;
    }
    if (thrown instanceof KeyNotFoundException) {
      return ExitCode.NOT_FOUND;
    }
    if (thrown instanceof KeyAccessDeniedException) {
      return ExitCode.REFUSED;
    }
    return thrown instanceof KeyConfigException ? ExitCode.CONFIGURATION : ExitCode.UNEXPECTED;
  }
}
