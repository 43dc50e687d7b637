package io.minibit.cli;

import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The constants of an enum as options have them, {@code like-this}: reads one, and lists them for the help. */
abstract class OptionNames<E extends Enum<E>> implements ITypeConverter<E>, Iterable<String> {
  private final List<E> constants;

  OptionNames(E[] constants) {
    this.constants = List.of(constants);
  }

  @Override
  public E convert(String text) {
    for (E constant : constants) {
      if (name(constant).equalsIgnoreCase(text)) {
        return constant;
      }
    }
    throw new TypeConversionException("'" + text + "' is none of " + String.join(", ", names()));
  }

  @Override
  public Iterator<String> iterator() {
    return names().iterator();
  }

  private List<String> names() {
    return constants.stream().map(OptionNames::name).toList();
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
