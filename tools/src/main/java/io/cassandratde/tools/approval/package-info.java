/**
 * The consent of several people to what cannot be taken back. One of them writes a request for
 * exactly one act, each approver signs it with a key of his own, and the command that carries it
 * out counts the signatures (docs/FORMAT-APPROVAL.md).
 */
@NullMarked
package io.cassandratde.tools.approval;

import org.jspecify.annotations.NullMarked;
