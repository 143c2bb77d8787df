package dev.rowcast.cache;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.rowcast.cache", importOptions = ImportOption.DoNotIncludeTests.class)
class LayoutTest {

    @ArchTest
    static final ArchRule one_way_to_redis = noClasses()
            .that()
            .resideOutsideOfPackage("..cache.redis..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.lettuce..")
            .because("what is asked of Redis is bounded and timed in one place");

    @ArchTest
    static final ArchRule only_the_follower_knows_kafka_consumers = noClasses()
            .that()
            .doNotHaveSimpleName("LogFollower")
            .and()
            .doNotHaveSimpleName("Emptying")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka.clients..");

    @ArchTest
    static final ArchRule only_the_adapter_knows_spring = noClasses()
            .that()
            .resideOutsideOfPackage("..cache.spring..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.springframework..");

    @ArchTest
    static final ArchRule the_way_to_redis_knows_nothing_of_caches = noClasses()
            .that()
            .resideInAPackage("..cache.redis..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..cache", "..cache.shared..", "..cache.local..", "..cache.log..", "..cache.spring..");

    @ArchTest
    static final ArchRule names_of_keys_are_made_in_one_place = classes()
            .that()
            .haveSimpleName("KeyNames")
            .should()
            .onlyBeAccessed()
            .byAnyPackage("..cache.shared..");
}
