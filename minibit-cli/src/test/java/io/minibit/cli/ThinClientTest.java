package io.minibit.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** The program runs on the class path, where nothing but this test keeps it to the public API. */
class ThinClientTest {
  @Test
  void theProgramUsesThePublicApiOnly() {
    ArchRule rule =
        noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.minibit.engine..", "io.minibit.net..", "io.minibit.wire..");

    rule.check(
        new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("io.minibit.cli"));
  }

  @Test
  void theProgramIsWhatIsLookedAt() {
    assertTrue(
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.minibit.cli")
            .contain(Main.class));
  }
}
