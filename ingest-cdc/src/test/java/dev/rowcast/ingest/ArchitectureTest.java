package dev.rowcast.ingest;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.rowcast.ingest", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule packagesPointOneWay = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("app")
            .definedBy("dev.rowcast.ingest.app")
            .layer("ingest")
            .definedBy("dev.rowcast.ingest")
            .layer("engine")
            .definedBy("dev.rowcast.ingest.engine")
            .layer("snapshot")
            .definedBy("dev.rowcast.ingest.snapshot")
            .layer("check")
            .definedBy("dev.rowcast.ingest.check")
            .layer("route")
            .definedBy("dev.rowcast.ingest.route")
            .layer("publish")
            .definedBy("dev.rowcast.ingest.publish")
            .layer("slot")
            .definedBy("dev.rowcast.ingest.slot")
            .layer("inbox")
            .definedBy("dev.rowcast.ingest.inbox")
            .layer("quarantine")
            .definedBy("dev.rowcast.ingest.quarantine")
            .layer("fault")
            .definedBy("dev.rowcast.ingest.fault")
            .whereLayer("app")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("ingest")
            .mayOnlyBeAccessedByLayers("app")
            .whereLayer("engine")
            .mayOnlyBeAccessedByLayers("ingest", "snapshot")
            .whereLayer("snapshot")
            .mayOnlyBeAccessedByLayers("app", "ingest")
            .whereLayer("route")
            .mayOnlyBeAccessedByLayers("ingest", "engine", "snapshot", "publish")
            .whereLayer("publish")
            .mayOnlyBeAccessedByLayers("app", "ingest", "engine", "inbox")
            .whereLayer("inbox")
            .mayOnlyBeAccessedByLayers("ingest")
            .whereLayer("quarantine")
            .mayOnlyBeAccessedByLayers("app", "ingest", "engine")
            .whereLayer("slot")
            .mayOnlyBeAccessedByLayers("app", "ingest", "snapshot", "check")
            .whereLayer("check")
            .mayOnlyBeAccessedByLayers("ingest");

    @ArchTest
    static final ArchRule nothingThrowsWhatTheEngineAnswersBySkipping = noClasses()
            .should()
            .dependOnClassesThat()
            .areAssignableTo(org.apache.kafka.connect.errors.RetriableException.class)
            .because("the engine goes on with the next batch, and the current one is lost");

    @ArchTest
    static final ArchRule springStaysInApp = noClasses()
            .that()
            .resideOutsideOfPackage("dev.rowcast.ingest.app")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.springframework..");
}
