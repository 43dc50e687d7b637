package io.minibit.sim;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Strategies that are known by the names of their classes: those of users, in scenario files and on command lines. */
final class StrategyClass {
  /** With a dot: a word alone is more likely a name misspelt. */
  private static final Pattern CLASS_NAME =
      Pattern.compile("(?:\\p{javaJavaIdentifierStart}\\p{javaJavaIdentifierPart}*\\.)+[\\w$]+");

  private StrategyClass() {}

  static boolean isClassName(String name) {
    return name.length() <= 200 && CLASS_NAME.matcher(name).matches();
  }

  /**
   * What makes instances of the class; nothing of it runs unless it is a strategy.
   *
   * @throws ScenarioException saying why it cannot be one
   */
  static <T> Supplier<T> find(String kind, String name, Class<T> strategy, ClassLoader loader) {
    Class<?> found;
    try {
      found = Class.forName(name, false, loader);
    } catch (ClassNotFoundException | LinkageError e) {
      throw new ScenarioException("no class " + name + " is on the class path; it would be a " + kind + " strategy");
    }
    if (!strategy.isAssignableFrom(found)) {
      throw new ScenarioException("class " + name + " is no " + strategy.getSimpleName());
    }
    Constructor<? extends T> constructor;
    try {
      constructor = found.asSubclass(strategy).getConstructor();
    } catch (NoSuchMethodException e) {
      throw new ScenarioException("class " + name + " has no public constructor without parameters");
    }
    if (!Modifier.isPublic(found.getModifiers()) || Modifier.isAbstract(found.getModifiers())) {
      throw new ScenarioException("class " + name + " is abstract or not public");
    }
    var unused = make(constructor); // one that fails does so here, not in the middle of a simulation
    return () -> make(constructor);
  }

  private static <T> T make(Constructor<? extends T> constructor) {
    try {
      return constructor.newInstance();
    } catch (InvocationTargetException e) {
      throw new ScenarioException(constructor.getDeclaringClass().getName() + " cannot be made: " + e.getCause());
    } catch (InstantiationException | IllegalAccessException | LinkageError e) {
      throw new ScenarioException(constructor.getDeclaringClass().getName() + " cannot be made: " + e);
    }
  }
}
