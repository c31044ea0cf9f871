package io.cassandratde.tools.command;

import com.github.rvesse.airline.Context;
import com.github.rvesse.airline.model.ArgumentsMetadata;
import com.github.rvesse.airline.parser.ParseState;
import com.github.rvesse.airline.parser.errors.ParseArgumentsMissingException;
import com.github.rvesse.airline.parser.errors.ParseArgumentsUnexpectedException;
import com.github.rvesse.airline.restrictions.AbstractCommonRestriction;
import com.github.rvesse.airline.restrictions.ArgumentsRestriction;
import com.github.rvesse.airline.restrictions.factories.ArgumentsRestrictionFactory;
import java.lang.annotation.Annotation;
import java.util.List;

/** Holds a command line to the {@link Operands} of its command. */
final class OperandsRule extends AbstractCommonRestriction {
  private final Operands operands;

  private OperandsRule(Operands operands) {
    this.operands = operands;
  }

  /** The form of a command's operands. */
  static String form(ArgumentsMetadata arguments) {
    return arguments.getRestrictions().stream()
        .filter(OperandsRule.class::isInstance)
        .map(rule -> ((OperandsRule) rule).operands.form())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no @Operands for " + arguments.getTitle()));
  }

  /** A misspelt option would else be taken for a keyspace, a path or a key id. */
  @Override
  public <T> void preValidate(ParseState<T> state, ArgumentsMetadata arguments, String value) {
    if (value.startsWith("-") && state.getLocation() != Context.ARGS) { // ARGS: behind a --
      throw new ParseArgumentsUnexpectedException(List.of(value));
    }
  }

  @Override
  public <T> void finalValidate(ParseState<T> state, ArgumentsMetadata arguments) {
    int given = state.getParsedArguments().size();
    if (given < operands.least() || given > operands.most()) {
      String command = state.getCommand().getName();
      String path = state.getGroup() == null ? command : state.getGroup().getName() + " " + command;
      throw new ParseArgumentsMissingException(
          "write: %s %s", arguments.getTitle(), path, operands.form());
    }
  }

  /** Airline finds it by META-INF/services. */
  public static final class Factory implements ArgumentsRestrictionFactory {
    @Override
    public ArgumentsRestriction createArgumentsRestriction(Annotation annotation) {
      return new OperandsRule((Operands) annotation);
    }

    @Override
    public List<Class<? extends Annotation>> supportedArgumentsAnnotations() {
      return List.of(Operands.class);
    }
  }
}
