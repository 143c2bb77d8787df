package dev.rowcast.standalone.cli;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/// A person's terminal shows what the person asked for. Other verbs log nothing; `up` logs into its data folder.
final class Logs {

    private Logs() {}

    static void into(Path file) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        context.putProperty("rowcast.log", file.toString());
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        try {
            configurator.doConfigure(Logs.class.getResource("/logback-up.xml"));
        } catch (JoranException e) {
            throw new IllegalStateException("the log settings in the program itself are broken", e);
        }
    }
}
