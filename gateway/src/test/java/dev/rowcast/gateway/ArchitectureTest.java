package dev.rowcast.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    private static final String ROOT = "dev.rowcast.gateway.";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.rowcast.gateway");

    @Test
    void theArrowsPointFromEdgeOverSessionToChannelAndFromFeedToChannel() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("app")
                .definedBy(ROOT + "app..")
                .layer("read")
                .definedBy(ROOT + "read..")
                .layer("publish")
                .definedBy(ROOT + "publish..")
                .layer("health")
                .definedBy(ROOT + "health..")
                .layer("edge")
                .definedBy(ROOT + "edge..")
                .layer("session")
                .definedBy(ROOT + "session..")
                .layer("feed")
                .definedBy(ROOT + "feed..")
                .layer("channel")
                .definedBy(ROOT + "channel..")
                .whereLayer("app")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("read")
                .mayOnlyBeAccessedByLayers("app")
                .whereLayer("publish")
                .mayOnlyBeAccessedByLayers("app")
                .whereLayer("health")
                .mayOnlyBeAccessedByLayers("app")
                .whereLayer("edge")
                .mayOnlyBeAccessedByLayers("app", "read", "publish")
                .whereLayer("session")
                .mayOnlyBeAccessedByLayers("app", "edge")
                .whereLayer("feed")
                .mayOnlyBeAccessedByLayers("app", "health")
                .check(CLASSES);
    }

    @Test
    void theCoreKnowsNoSpring() {
        noClasses()
                .that()
                .resideInAnyPackage(ROOT + "channel..", ROOT + "session..", ROOT + "feed..", ROOT + "auth..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework..")
                .check(CLASSES);
    }

    @Test
    void onlyTheTakeoverKnowsHowReactorNettyIsBuilt() {
        noClasses()
                .that()
                .haveSimpleNameNotContaining("Takeover")
                .and()
                .doNotHaveSimpleName("Transport")
                .and()
                .doNotHaveSimpleName("GatewayBeans")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("reactor.netty..")
                .check(CLASSES);
    }
}
