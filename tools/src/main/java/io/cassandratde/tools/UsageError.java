package io.cassandratde.tools;

import com.github.rvesse.airline.parser.errors.ParseArgumentsUnexpectedException;
import com.github.rvesse.airline.parser.errors.ParseException;
import com.github.rvesse.airline.parser.errors.ParseOptionConversionException;
import com.github.rvesse.airline.parser.errors.ParseOptionIllegalValueException;
import com.github.rvesse.airline.parser.errors.ParseOptionMissingValueException;
import java.util.stream.Collectors;

/** Airline's complaints about a command line, in an operator's words. */
final class UsageError {
  private UsageError() {}

  static String of(ParseException thrown) {
    if (thrown instanceof ParseArgumentsUnexpectedException unexpected) {
      String first = unexpected.getUnparsedInput().get(0);
      return first.startsWith("-")
          ? "no option '" + first + "' here"
          : "'" + first + "' is not expected here";
    }
    if (thrown instanceof ParseOptionMissingValueException missing) {
      String option = missing.getOptionTitle(); // its name, or else the title of its value
      return option.startsWith("-")
          ? "option " + option + " needs a value"
          : "an option needs its <" + option + ">";
    }
    if (thrown instanceof ParseOptionConversionException conversion) {
      // Numbers are the only values that are converted.
      return "<%s> is a whole number, not '%s'"
          .formatted(conversion.getOptionTitle(), conversion.getValue());
    }
    if (thrown instanceof ParseOptionIllegalValueException illegal) {
      return "%s is one of %s, not '%s'"
          .formatted(
              illegal.getOptionName(),
              illegal.getAllowedValues().stream()
                  .map(String::valueOf)
                  .collect(Collectors.joining(", ")),
              illegal.getIllegalValue());
    }
    return String.valueOf(thrown.getMessage());
  }
}
