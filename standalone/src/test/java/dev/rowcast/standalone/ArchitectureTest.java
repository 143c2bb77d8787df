package dev.rowcast.standalone;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/// Only this module may depend on all the others, so their borders are looked at from here.
@AnalyzeClasses(packages = "dev.rowcast", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule theServicesDoNotKnowEachOther = noClasses()
            .that()
            .resideInAnyPackage("dev.rowcast.ingest..", "dev.rowcast.streams..", "dev.rowcast.gateway..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.rowcast.embedded..", "dev.rowcast.standalone..");

    @ArchTest
    static final ArchRule ingestStandsAlone = noClasses()
            .that()
            .resideInAPackage("dev.rowcast.ingest..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.rowcast.streams..", "dev.rowcast.gateway..");

    @ArchTest
    static final ArchRule theTopologyStandsAlone = noClasses()
            .that()
            .resideInAPackage("dev.rowcast.streams..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.rowcast.ingest..", "dev.rowcast.gateway..");

    @ArchTest
    static final ArchRule theGatewayStandsAlone = noClasses()
            .that()
            .resideInAPackage("dev.rowcast.gateway..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.rowcast.ingest..", "dev.rowcast.streams..");

    @ArchTest
    static final ArchRule theContractsAndThePartsKnowNobody = noClasses()
            .that()
            .resideInAnyPackage("dev.rowcast.schemas..", "dev.rowcast.embedded..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.rowcast.ingest..",
                    "dev.rowcast.streams..",
                    "dev.rowcast.gateway..",
                    "dev.rowcast.standalone..");

    @ArchTest
    static final ArchRule theStackDoesNotKnowTheVerbs = noClasses()
            .that()
            .resideInAPackage("dev.rowcast.standalone.stack..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.rowcast.standalone.cli..");
}
