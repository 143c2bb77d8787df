package dev.rowcast.gateway.support;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;

/// The lines of the access log while this is open, each as `LEVEL message key=value …`.
public final class AccessLines implements AutoCloseable {

    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.rowcast.gateway.access");
    private final ListAppender<ILoggingEvent> events = new ListAppender<>();

    public AccessLines() {
        events.start();
        logger.addAppender(events);
    }

    public List<String> all() {
        List<ILoggingEvent> now;
        synchronized (events) {
            now = List.copyOf(events.list);
        }
        return now.stream()
                .map(event -> event.getLevel() + " " + event.getMessage() + " "
                        + event.getKeyValuePairs().stream()
                                .map(pair -> pair.key + "=" + pair.value)
                                .collect(Collectors.joining(" ")))
                .toList();
    }

    @Override
    public void close() {
        logger.detachAppender(events);
    }
}
