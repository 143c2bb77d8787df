package dev.rowcast.streams;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.apache.kafka.streams.processor.TimestampExtractor;

@AnalyzeClasses(packages = "dev.rowcast.streams", importOptions = ImportOption.DoNotIncludeTests.class)
class LayoutTest {

    @ArchTest
    static final ArchRule arrows_point_one_way = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage("dev.rowcast.streams..")
            .layer("server")
            .definedBy("..app.server..")
            .layer("app")
            .definedBy("..streams.app")
            .layer("audience")
            .definedBy("..audience..")
            .layer("explain")
            .definedBy("..explain..")
            .layer("journal")
            .definedBy("..journal..")
            .layer("log")
            .definedBy("..streams.log..")
            .layer("render")
            .definedBy("..render..")
            .layer("route")
            .definedBy("..route..")
            .layer("eviction")
            .definedBy("..eviction..")
            .layer("evictor")
            .definedBy("..evictor..")
            .layer("content")
            .definedBy("..content..")
            .layer("rows")
            .definedBy("..rows..")
            .layer("deadletter")
            .definedBy("..deadletter..")
            .layer("grants")
            .definedBy("..grants..")
            .layer("history")
            .definedBy("..history..")
            .layer("ordering")
            .definedBy("..ordering..")
            .whereLayer("server")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("app")
            .mayOnlyBeAccessedByLayers("server")
            .whereLayer("audience")
            .mayOnlyBeAccessedByLayers("app")
            .whereLayer("explain")
            .mayOnlyBeAccessedByLayers("server", "app", "audience")
            .whereLayer("journal")
            .mayOnlyBeAccessedByLayers("app", "audience")
            .whereLayer("log")
            .mayOnlyBeAccessedByLayers("app", "audience", "explain")
            .whereLayer("render")
            .mayOnlyBeAccessedByLayers("audience")
            .whereLayer("route")
            .mayOnlyBeAccessedByLayers("audience", "journal", "render", "content", "explain")
            .whereLayer("eviction")
            .mayOnlyBeAccessedByLayers("audience")
            .whereLayer("evictor")
            .mayOnlyBeAccessedByLayers("server")
            .whereLayer("content")
            .mayOnlyBeAccessedByLayers("audience")
            .whereLayer("deadletter")
            .mayOnlyBeAccessedByLayers("app", "audience", "log", "explain")
            .whereLayer("grants")
            .mayOnlyBeAccessedByLayers("audience")
            .whereLayer("history")
            .mayOnlyBeAccessedByLayers("audience", "route", "rows", "grants", "eviction")
            .whereLayer("rows")
            .mayOnlyBeAccessedByLayers("audience", "route", "grants", "eviction", "explain")
            .whereLayer("ordering")
            .mayOnlyBeAccessedByLayers("audience", "history", "eviction", "explain");

    @ArchTest
    static final ArchRule only_the_process_knows_spring = noClasses()
            .that()
            .resideOutsideOfPackage("..app.server..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.springframework..");

    @ArchTest
    static final ArchRule the_topology_starts_nothing = noClasses()
            .that()
            .resideOutsideOfPackages("..app..", "..evictor..")
            .and()
            .doNotImplement(TimestampExtractor.class) // which Kafka Streams hands the consumer's record
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("org.apache.kafka.streams.KafkaStreams")
            .orShould()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka.clients..");
}
