package io.headrace.server;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: floors and rooms stay as `docs/architecture.md` draws them. Maven keeps a lower floor from seeing
/// a higher one; here is what Maven cannot see. Each rule says where the offending code belongs.
@DisplayNameGeneration(ReplaceUnderscores.class)
class FloorsTest {
    private static final String[] GROUND = {
        "io.headrace.log..", "io.headrace.bytes..", "io.headrace.time..", "io.headrace.meter..", "io.headrace.config.."
    };
    private static final String[] FRONTS = {
        "io.headrace.amqp..",
        "io.headrace.kafka..",
        "io.headrace.http..",
        "io.headrace.management..",
        "io.headrace.metrics..",
        "io.headrace.shovel.."
    };
    private static final String[] HOUSE = {"io.headrace.server..", "io.headrace.cli..", "io.headrace.ctl.."};

    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.headrace");

    @Test
    void the_ground_stands_on_the_jdk_alone() {
        check(classes()
                .that(resideInAnyPackage(GROUND))
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(GROUND).or(resideInAnyPackage("java..", "javax..")))
                .because("what needs a library belongs on a higher floor, behind an interface that the ground owns"));
    }

    @Test
    void the_engine_sees_the_ground_and_the_jdk() {
        check(noClasses()
                .that(resideInAnyPackage("io.headrace.."))
                .and(not(resideInAnyPackage(GROUND)))
                .and(not(resideInAnyPackage(FRONTS)))
                .and(not(resideInAnyPackage(HOUSE)))
                .and(not(resideInAPackage("io.headrace.net..")))
                .should()
                .dependOnClassesThat(not(resideInAnyPackage(
                        "java..",
                        "javax..",
                        "io.headrace..",
                        "com.google.re2j..",
                        "org.apache.kafka..",
                        "com.github.luben.zstd..",
                        "com.yammer.metrics..")))
                .because("an engine decides and applies; sockets belong in io.headrace.net, a protocol in its front"));
    }

    @Test
    void what_is_reused_of_kafka_stays_with_topics() {
        check(
                noClasses()
                        .that(not(resideInAnyPackage(
                                "io.headrace.kafka..", "io.headrace.stream..", "io.headrace.bridge..")))
                        .should()
                        .dependOnClassesThat(resideInAPackage("org.apache.kafka.."))
                        .because(
                                "Kafka's classes change with each of its releases: io.headrace.stream turns them into our words"));
    }

    @Test
    void regular_expressions_of_users_stay_in_the_catalog() {
        check(noClasses()
                .that(not(resideInAPackage("io.headrace.catalog..")))
                .should()
                .dependOnClassesThat(resideInAPackage("com.google.re2j.."))
                .because("a pattern that a user wrote is compiled in io.headrace.catalog, which bounds its cost"));
    }

    @Test
    void native_compression_stays_with_batches() {
        check(noClasses()
                .that(not(resideInAPackage("io.headrace.stream")))
                .should()
                .dependOnClassesThat(resideInAPackage("com.github.luben.zstd.."))
                .because("a batch is decompressed in io.headrace.stream, which bounds what it becomes"));
    }

    @Test
    void the_client_of_amqp_stays_with_shovels() {
        check(noClasses()
                .that(not(resideInAPackage("io.headrace.shovel..")))
                .should()
                .dependOnClassesThat(resideInAPackage("com.rabbitmq.."))
                .because("we are a client of other brokers only where io.headrace.shovel carries messages;"
                        + " others see io.headrace.broker.Shovels"));
    }

    @Test
    void signed_tokens_are_checked_in_one_room() {
        check(noClasses()
                .that(not(resideInAPackage("io.headrace.kafka.oauth..")))
                .should()
                .dependOnClassesThat(resideInAPackage("org.jose4j.."))
                .because("whom a token names is asked of io.headrace.kafka.oauth"));
    }

    @Test
    void netty_stays_at_the_door() {
        check(noClasses()
                .that(not(resideInAnyPackage(
                        "io.headrace.net..",
                        "io.headrace.http..",
                        "io.headrace.management..",
                        "io.headrace.metrics..",
                        "io.headrace.amqp..",
                        "io.headrace.kafka..",
                        "io.headrace.server..")))
                .should()
                .dependOnClassesThat(resideInAPackage("io.netty.."))
                .because("sockets and their buffers belong in io.headrace.net and in the fronts;"
                        + " the engine takes ByteBuffer and the interfaces of io.headrace.broker"));
    }

    @Test
    void fronts_never_see_each_other() {
        check(
                slices().matching("io.headrace.(amqp|kafka|management|metrics|shovel)..")
                        .should()
                        .notDependOnEachOther()
                        .allowEmptyShould(true)
                        .because(
                                "what two protocols share belongs in io.headrace.net, or in the engine behind io.headrace.broker"));
    }

    @Test
    void queues_and_streams_never_see_each_other() {
        check(slices().matching("io.headrace.(queue|stream)..")
                .should()
                .notDependOnEachOther()
                .allowEmptyShould(true)
                .because("what knows both belongs in io.headrace.bridge"));
    }

    @Test
    void rooms_have_no_cycles() {
        check(slices().matching("io.headrace.(*)..")
                .should()
                .beFreeOfCycles()
                .because("one of two rooms that need each other owns an interface which the other implements"));
    }

    @Test
    void files_are_touched_only_behind_the_storage_of_the_log() {
        check(noClasses()
                .that(not(resideInAnyPackage(
                        "io.headrace.log..", "io.headrace.server..", "io.headrace.cli..", "io.headrace.ctl..")))
                .and()
                .haveNameNotMatching("io\\.headrace\\.net\\.(Tls.*|WatchedFile)")
                .should()
                .dependOnClassesThat(resideInAPackage("java.nio.file.."))
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.nio.channels.FileChannel")
                .orShould()
                .dependOnClassesThat()
                .haveNameMatching(
                        "java\\.io\\.(File|RandomAccessFile|FileInputStream|FileOutputStream|FileReader|FileWriter)")
                .because(
                        "a file that must survive is written through io.headrace.log.Storage, so that the lying disk of"
                                + " the tests sees it; what is only read at start is read in io.headrace.server, certificates in"
                                + " io.headrace.net.Tls, and what else may change while the broker runs by"
                                + " io.headrace.net.WatchedFile"));
    }

    private static void check(ArchRule rule) {
        rule.check(ALL);
    }
}
