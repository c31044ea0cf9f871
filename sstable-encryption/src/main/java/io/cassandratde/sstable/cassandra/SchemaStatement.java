package io.cassandratde.sstable.cassandra;

import java.util.List;

/**
 * Whether a client's schema statement is being executed on this thread: the one moment at which a
 * table's options may be refused for the state of this machine. Where the same options come from
 * the stored schema, from another node or through an offline tool, an exception would stop a start
 * or split the schema.
 */
final class SchemaStatement {

  private static final String STATEMENTS = "org.apache.cassandra.cql3.statements.schema.";
  private static final String OPTIONS = STATEMENTS + "TableAttributes";
  private static final String STATEMENT = STATEMENTS + "AlterSchemaStatement";

  private SchemaStatement() {}

  static boolean isExecuting() {
    return StackWalker.getInstance()
        .walk(
            frames -> {
              List<String> statement =
                  frames
                      .dropWhile(frame -> !frame.getClassName().equals(OPTIONS))
                      .filter(frame -> frame.getClassName().equals(STATEMENT))
                      .map(StackWalker.StackFrame::getMethodName)
                      .toList();
              // Locally: Cassandra's own statements. No execute: CQLSSTableWriter, validation.
              return statement.contains("execute") && !statement.contains("executeLocally");
            });
  }
}
