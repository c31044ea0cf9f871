package io.cassandratde.kmip;

import io.cassandratde.kmip.Messages.Refusal;
import java.util.EnumSet;
import java.util.Set;

/** A server's no, sorted by what the operator does about it. */
final class Refusals {
  private static final Set<ResultReason> LACKING =
      EnumSet.of(
          ResultReason.OPERATION_NOT_SUPPORTED,
          ResultReason.FEATURE_NOT_SUPPORTED,
          ResultReason.UNSUPPORTED_ATTRIBUTE,
          ResultReason.INVALID_ATTRIBUTE,
          ResultReason.APPLICATION_NAMESPACE_NOT_SUPPORTED,
          ResultReason.KEY_FORMAT_TYPE_NOT_SUPPORTED,
          ResultReason.UNSUPPORTED_PROTOCOL_VERSION,
          // PyKMIP says so of operations it does not know ("Error parsing request message").
          ResultReason.INVALID_MESSAGE);

  private static final Set<OperationCode> DEPENDS_ON_STATE =
      EnumSet.of(
          OperationCode.ACTIVATE,
          OperationCode.REVOKE,
          OperationCode.DESTROY,
          OperationCode.ENCRYPT,
          OperationCode.DECRYPT);

  /** PyKMIP refuses attributes that it does not store as invalid fields. */
  private static final Set<OperationCode> CARRIES_ATTRIBUTES =
      EnumSet.of(
          OperationCode.CREATE,
          OperationCode.REGISTER,
          OperationCode.LOCATE,
          OperationCode.ADD_ATTRIBUTE,
          OperationCode.MODIFY_ATTRIBUTE,
          OperationCode.SET_ATTRIBUTE,
          OperationCode.DELETE_ATTRIBUTE);

  private final String group;

  Refusals(String group) {
    this.group = group;
  }

  /** {@code KMIP group 'g', host h:5696: Get of key k}. */
  private String where(KmipHost host, Operation<?> operation) {
    return "KMIP group '%s', host %s: %s".formatted(group, host, describe(operation));
  }

  static String describe(Operation<?> operation) {
    String subject = operation.subject();
    return operation.name() + (subject == null ? "" : " of key " + subject);
  }

  KmipException of(KmipHost host, Operation<?> operation, Refusal refusal) {
    ResultReason reason = refusal.reason();
    String said =
        reason.label() + (refusal.message().isEmpty() ? "" : ": \"" + refusal.message() + "\"");
    String where = where(host, operation);
    if (reason.isNotFound()) {
      return new KmipNotFoundException(
          where
              + " found no such object ("
              + said
              + "). It was destroyed, belongs to another owner, or this server is no replica of the"
              + " one that made it: restore it there, or correct the group.");
    }
    if (reason.isAccessDenied()) {
      return new KmipAccessDeniedException(
          where
              + " was denied ("
              + said
              + "). Grant it to the identity in the client's certificate, or to the configured user"
              // PyKMIP so refuses to destroy an Active key, and to use one that is not.
              + (DEPENDS_ON_STATE.contains(operation.code())
                  ? "; or the key's state or usage mask forbids it."
                  : "."));
    }
    boolean unsupported =
        LACKING.contains(reason)
            || (reason == ResultReason.INVALID_FIELD
                && CARRIES_ATTRIBUTES.contains(operation.code()));
    String remedy =
        unsupported
            ? " This server lacks it or cannot parse it: do without, or use a server that has it."
            : " See the server's log for its policy.";
    return new KmipRefusedException(
        where + " was refused (" + said + ")." + remedy, reason, refusal.message(), unsupported);
  }

  /** A request that the negotiated version cannot express; nothing was sent. */
  KmipException inexpressible(KmipHost host, Operation<?> operation, ProtocolVersion version) {
    return new KmipRefusedException(
        "%s exists in KMIP %s to %s only, and this host speaks %s with us. Do without, use another"
                .formatted(where(host, operation), operation.since(), operation.until(), version)
            + " server, or pin the version.",
        ResultReason.OPERATION_NOT_SUPPORTED,
        "",
        true);
  }
}
