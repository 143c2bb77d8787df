package dev.rowcast.embedded;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.rowcast.embedded.registry.RegistryServer;

@AnalyzeClasses(packages = "dev.rowcast", importOptions = ImportOption.DoNotIncludeTests.class)
class LayoutTest {
    @ArchTest
    static final ArchRule nothing_of_ours_is_below = noClasses()
            .should()
            .dependOnClassesThat(describe(
                    "are ours and elsewhere",
                    type -> type.getPackageName().startsWith("dev.rowcast.")
                            && !type.getPackageName().startsWith("dev.rowcast.embedded")));

    @ArchTest
    static final ArchRule packages_have_one_direction =
            slices().matching("dev.rowcast.embedded.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule the_registry_has_one_door = classes()
            .that()
            .resideInAPackage("..registry")
            .and()
            .areTopLevelClasses()
            .and()
            .doNotBelongToAnyOf(RegistryServer.class)
            .should()
            .notBePublic();

    @ArchTest
    static final ArchRule one_class_knows_the_broker = noClasses()
            .that()
            .doNotBelongToAnyOf(Kafka.class)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("kafka..", "org.apache.kafka.metadata..", "org.apache.kafka.server..");
}
