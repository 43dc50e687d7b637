package io.minibit;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Which package may know which, and that decisions stay free of I/O, clocks, threads and chance. */
class ArchitectureTest {
  /** The arrows: what each package may use besides itself. The façade and its driver are one layer. */
  private static final Map<String, List<String>> MAY_USE =
      Map.ofEntries(
          Map.entry("model", List.of()),
          Map.entry("bencode", List.of("model")),
          Map.entry("metainfo", List.of("bencode", "model")),
          Map.entry("wire", List.of("bencode", "model")),
          Map.entry("strategy", List.of("bencode", "model")),
          Map.entry("store", List.of("strategy", "wire", "metainfo", "bencode", "model")),
          Map.entry("tracker", List.of("strategy", "wire", "metainfo", "bencode", "model")),
          Map.entry("engine", List.of("strategy", "wire", "metainfo", "bencode", "model")),
          Map.entry("sim", List.of("engine", "tracker", "strategy", "wire", "metainfo", "bencode", "model")),
          Map.entry("net", List.of("", "engine", "store", "tracker", "strategy", "wire", "metainfo", "bencode", "model")),
          Map.entry("", List.of("net", "engine", "store", "tracker", "strategy", "wire", "metainfo", "bencode", "model")));

  private static final String[] PURE = packages(List.of("engine", "wire", "strategy"));
  private static final String[] DETERMINISTIC = packages(List.of("engine", "strategy", "sim", "tracker"));
  private static final String[] CALCULATING = packages(List.of("engine", "strategy", "sim"));

  private static final Map<String, ArchRule> RULES = rules();

  private static Map<String, ArchRule> rules() {
    Map<String, ArchRule> rules = new LinkedHashMap<>();
    for (String name : MAY_USE.keySet().stream().sorted().toList()) {
      List<String> allowed = new ArrayList<>(MAY_USE.get(name));
      allowed.add(name);
      rules.put(
          "arrows of " + (name.isEmpty() ? "io.minibit" : name),
          noClasses()
              .that()
              .resideInAPackage(packageOf(name))
              .should()
              .dependOnClassesThat(
                  resideInAnyPackage("io.minibit..")
                      .and(resideOutsideOfPackages(packages(allowed)))
                      .as("reside in io.minibit, but outside %s", List.of(packages(allowed))))
              .because("DESIGN section 1: a layer knows those below it only"));
    }
    rules.put(
        "dependencies",
        classes()
            .that()
            .resideInAPackage("io.minibit..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("io.minibit..", "java..", "javax..", "org.slf4j..", "org.apache.commons.io..", "org.jspecify..")
            .because("core depends on slf4j-api, commons-io and jspecify, and on nothing else"));
    rules.put(
        "no I/O",
        noClasses()
            .that()
            .resideInAnyPackage(PURE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.net..", "java.nio.channels..", "java.nio.file..", "java.io..", "org.apache.commons.io..")
            .because("the engine decides and others do the I/O"));
    rules.put(
        "no threads",
        noClasses()
            .that()
            .resideInAnyPackage(PURE)
            .should()
            .dependOnClassesThat(
                resideInAnyPackage("java.util.concurrent..")
                    .or(
                        named(
                            "java.lang.Thread",
                            "java.lang.ThreadLocal",
                            "java.lang.Process",
                            "java.lang.Runtime",
                            "java.util.Timer",
                            "java.util.TimerTask")))
            .because("an engine is single-threaded and never blocks"));
    rules.put(
        "no clock",
        noClasses()
            .that()
            .resideInAnyPackage(PURE)
            .should()
            .accessTargetWhere(
                calls("java\\.lang\\.System", "nanoTime|currentTimeMillis")
                    .or(calls("java\\.time\\..*", "now"))
                    .or(calls("java\\.time\\.Clock|java\\.util\\.(Date|Calendar|GregorianCalendar)", ".*")))
            .because("the world tells the engine what time it is"));
    rules.put(
        "no chance",
        noClasses()
            .that()
            .resideInAnyPackage(PURE)
            .should()
            .accessTargetWhere(
                calls("java\\.util\\.(Random|SplittableRandom)|java\\.util\\.random\\..*", ".*")
                    .or(calls("java\\.util\\.concurrent\\.ThreadLocalRandom|java\\.security\\.SecureRandom", ".*"))
                    .or(calls("java\\.lang\\.(Math|StrictMath)", "random"))
                    .or(calls("java\\.util\\.UUID", "randomUUID"))
                    .or(calls("java\\.util\\.Collections", "shuffle"))
                    .or(calls("java\\.lang\\.System", "identityHashCode")))
            .because("all randomness comes from the seed"));
    rules.put(
        "no unordered collections",
        noClasses()
            .that()
            .resideInAnyPackage(DETERMINISTIC)
            .should()
            .accessTargetWhere(
                calls("java\\.util\\.(Set|Map)", "of|ofEntries|copyOf")
                    .or(calls("java\\.util\\.stream\\.Collectors", "toUnmodifiable(Set|Map)"))
                    .or(calls("java\\.util\\.(IdentityHashMap|WeakHashMap)", ".*"))
                    .or(calls("java\\.util\\.Collections", "newSetFromMap")))
            .because("their order differs from run to run"));
    rules.put(
        "strict arithmetic",
        noClasses()
            .that()
            .resideInAnyPackage(CALCULATING)
            .should()
            .accessTargetWhere(
                calls(
                    "java\\.lang\\.Math",
                    "a?(sin|cos|tan)|atan2|sinh|cosh|tanh|exp|expm1|log|log10|log1p|pow|cbrt|hypot"))
            .because("these functions of Math may differ from machine to machine; StrictMath's do not"));
    rules.put(
        "no standard output",
        noClasses()
            .that()
            .resideInAPackage("io.minibit..")
            .should()
            .accessTargetWhere(
                calls("java\\.lang\\.System", "out|err|in").or(calls(".*(Throwable|Exception|Error)", "printStackTrace")))
            .because("a library logs; the terminal belongs to the program"));
    rules.put(
        "names",
        noClasses()
            .that()
            .resideInAPackage("io.minibit..")
            .should()
            .haveNameMatching(".*(Utils?|Utilities|Helpers?|Manager|Impl)([A-Z$].*)?")
            .because("a noun of the field says what it is"));
    rules.replaceAll((name, rule) -> rule.allowEmptyShould(true).as(name));
    return rules;
  }

  private static String packageOf(String name) {
    return name.isEmpty() ? "io.minibit" : "io.minibit." + name + "..";
  }

  private static String[] packages(List<String> names) {
    return names.stream().map(ArchitectureTest::packageOf).toArray(String[]::new);
  }

  private static DescribedPredicate<JavaClass> named(String... names) {
    Set<String> wanted = Set.of(names);
    return describe("are one of " + List.of(names), type -> wanted.contains(type.getName()));
  }

  /** Calls, constructors, method references and field accesses of members so named of types so named. */
  private static DescribedPredicate<JavaAccess<?>> calls(String types, String members) {
    Pattern type = Pattern.compile(types);
    Pattern member = Pattern.compile(members);
    return describe(
        types + "." + members,
        access -> {
          AccessTarget target = access.getTarget();
          return type.matcher(target.getOwner().getName()).matches() && member.matcher(target.getName()).matches();
        });
  }

  @TestFactory
  Stream<DynamicTest> theLibraryKeepsEveryRule() {
    JavaClasses library =
        new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("io.minibit");
    return RULES.entrySet().stream().map(rule -> DynamicTest.dynamicTest(rule.getKey(), () -> rule.getValue().check(library)));
  }

  /** Rule, package, and the body of a class in that package which breaks the rule. */
  private static final String OFFENCES =
      """
      arrows of model             | model    | io.minibit.bencode.A a;
      arrows of bencode           | bencode  | io.minibit.metainfo.A a;
      arrows of metainfo          | metainfo | io.minibit.store.A a;
      arrows of wire              | wire     | io.minibit.engine.A a;
      arrows of strategy          | strategy | io.minibit.engine.A a;
      arrows of store             | store    | io.minibit.engine.A a;
      arrows of tracker           | tracker  | io.minibit.net.A a;
      arrows of engine            | engine   | io.minibit.tracker.A a;
      arrows of engine            | engine   | io.minibit.A a;
      arrows of sim               | sim      | io.minibit.store.A a;
      arrows of net               | net      | io.minibit.sim.A a;
      arrows of io.minibit        |          | io.minibit.sim.A a;
      dependencies                | model    | @org.junit.jupiter.api.Test void test() {}
      no I/O                      | engine   | java.net.InetAddress a;
      no I/O                      | wire     | java.nio.channels.SocketChannel a;
      no I/O                      | strategy | java.nio.file.Path a;
      no I/O                      | engine   | java.io.IOException a;
      no threads                  | engine   | java.util.concurrent.Executor a;
      no threads                  | wire     | void m() throws Exception { Thread.sleep(1); }
      no threads                  | strategy | ThreadLocal<String> a;
      no clock                    | engine   | long a = System.nanoTime();
      no clock                    | wire     | long a = System.currentTimeMillis();
      no clock                    | strategy | Object a = java.time.Instant.now();
      no clock                    | engine   | Object a = java.time.Clock.systemUTC();
      no clock                    | engine   | java.util.function.LongSupplier a = System::nanoTime;
      no clock                    | engine   | Object a = new java.util.Date();
      no chance                   | engine   | Object a = new java.util.Random(1);
      no chance                   | wire     | double a = Math.random();
      no chance                   | strategy | int a = java.util.concurrent.ThreadLocalRandom.current().nextInt();
      no chance                   | engine   | Object a = java.util.UUID.randomUUID();
      no chance                   | engine   | int a = System.identityHashCode(this);
      no unordered collections    | engine   | Object a = java.util.Set.of(1, 2);
      no unordered collections    | strategy | Object a = java.util.Map.of(1, 2);
      no unordered collections    | sim      | Object a = java.util.Map.ofEntries(java.util.Map.entry(1, 2));
      no unordered collections    | tracker  | Object a = new java.util.IdentityHashMap<Object, Object>();
      no unordered collections    | tracker  | Object a = java.util.Set.copyOf(java.util.List.of(1));
      strict arithmetic           | engine   | double a = Math.pow(2, 3.5);
      strict arithmetic           | sim      | double a = Math.log(2);
      no standard output          | net      | void m() { System.out.println(); }
      no standard output          | store    | void m(Exception e) { e.printStackTrace(); }
      names                       | model    | static class ByteUtil {}
      names                       | net      | static class TorrentImpl {}
      names                       | net      | static class ConnectionManager {}
      names                       | net      | static class HelperMethods {}
      """;

  /** A rule that cannot fail says nothing: each finds the offences that are compiled for it. */
  @TestFactory
  Stream<DynamicTest> eachRuleFindsItsOffences(@TempDir Path directory) throws IOException {
    List<String[]> offences = OFFENCES.lines().map(line -> line.split(" *[|] *", 3)).toList();
    List<String> sources = new ArrayList<>();
    for (int i = 0; i < offences.size(); i++) {
      String body = offences.get(i)[2];
      sources.add(packageLine(offences.get(i)[1]) + "class Offender" + i + "x { " + body + " }");
    }
    JavaClasses classes = compile(sources, directory);
    return IntStream.range(0, offences.size())
        .mapToObj(
            i -> {
              String rule = offences.get(i)[0];
              List<String> found = RULES.get(rule).evaluate(classes).getFailureReport().getDetails();
              return DynamicTest.dynamicTest(
                  rule + ": " + offences.get(i)[2],
                  () -> assertTrue(found.stream().anyMatch(line -> line.contains("Offender" + i + "x")), "passed"));
            });
  }

  /** The rules see the difference: what is allowed passes all of them. */
  @Test
  void whatIsAllowedPasses(@TempDir Path directory) throws IOException {
    String harmless =
        """
        class Harmless {
          io.minibit.wire.A wire;
          java.time.Duration duration = java.time.Duration.ofSeconds(1);
          java.nio.ByteBuffer buffer;
          double root = Math.sqrt(StrictMath.log(2));
          Object list = java.util.List.of(1);
          Object map = new java.util.LinkedHashMap<Integer, Integer>();
          static class Implementation {}
          enum Phase { IDLE }
          record Pair(int first, int second) {}
        }
        """;
    JavaClasses classes = compile(List.of(packageLine("engine") + harmless), directory);

    RULES.values().forEach(rule -> rule.check(classes));
  }

  /** Compiles these sources, together with an empty class A in each of our packages. */
  private static JavaClasses compile(List<String> sources, Path directory) throws IOException {
    List<String> all = new ArrayList<>(sources);
    MAY_USE.keySet().forEach(name -> all.add(packageLine(name) + "public class A {}"));
    List<String> arguments = new ArrayList<>(List.of("-proc:none", "-d", directory.toString()));
    for (int i = 0; i < all.size(); i++) {
      // javac wants a public class in a file of its name, so each source has a directory of its own.
      Path source = Files.createDirectories(directory.resolve("source" + i)).resolve("A.java");
      Files.writeString(source, all.get(i));
      arguments.add(source.toString());
    }
    int result = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
    assertEquals(0, result);
    return new ClassFileImporter().importPath(directory);
  }

  private static String packageLine(String name) {
    return "package io.minibit" + (name.isEmpty() ? "" : "." + name) + "; ";
  }
}
