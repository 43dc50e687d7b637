package io.minibit.cli;

/**
 * How much is logged, and where: warnings unless asked for more, to the error output, one line each. Must be called before
 * the first logger is made, because slf4j-simple reads its settings once.
 */
final class Logging {
  private static final String PREFIX = "org.slf4j.simpleLogger.";

  private Logging() {}

  /**
   * Sets what is not set yet.
   *
   * @param clock whether each line begins with the time of day, else with the milliseconds since the start. Only to be able
   *     to write the first costs a tenth of a short program's start.
   */
  static void configure(boolean verbose, boolean debug, boolean clock) {
    set("defaultLogLevel", debug ? "debug" : verbose ? "info" : "warn");
    set("logFile", "System.err");
    set("showDateTime", "true");
    if (clock) {
      set("dateTimeFormat", "HH:mm:ss.SSS");
    }
    set("showThreadName", Boolean.toString(debug));
    set("showLogName", "false");
    set("showShortLogName", "true");
    // slf4j's own report of which backend it found is of no use to a user.
    setIfAbsent("slf4j.internal.verbosity", "WARN");
  }

  /** Whether more than warnings is logged. */
  static boolean isOn() {
    return !System.getProperty(PREFIX + "defaultLogLevel", "warn").matches("warn|error|off");
  }

  /** What was given with -D on the JVM's command line stays. */
  private static void set(String name, String value) {
    setIfAbsent(PREFIX + name, value);
  }

  private static void setIfAbsent(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
