package dev.rowcast.gateway.support;

import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.junit.NeedsParts;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/// Tests that share one [Stage] with a gateway as it is by default.
@NeedsParts({Part.KAFKA, Part.REGISTRY})
public abstract class OnStage {

    protected static Stage stage;

    @BeforeAll
    static void setStage(Kafka kafka, Registry registry) {
        stage = Stage.set(kafka, registry);
    }

    @AfterAll
    static void closeStage() throws InterruptedException {
        stage.close();
    }
}
