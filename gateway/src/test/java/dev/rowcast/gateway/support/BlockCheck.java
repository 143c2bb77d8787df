package dev.rowcast.gateway.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import reactor.blockhound.BlockHound;

/// Fails a test class in which an event loop waited for something: a disk, a socket, another thread. Registered for
/// every class by the service loader.
public final class BlockCheck implements AfterAllCallback {

    private static final int MOST_KEPT = 20;
    private static final Queue<String> BLOCKED = new ConcurrentLinkedQueue<>();

    static {
        BlockHound.builder()
                .loadIntegrations()
                // Reads the kernel's generator, which has something at once.
                .allowBlockingCallsInside("sun.security.provider.NativePRNG$RandomIO", "implNextBytes")
                // Netty makes room for one more event loop, a few times in all, under a lock that is held for a moment.
                .allowBlockingCallsInside(
                        "io.netty.buffer.AdaptivePoolingAllocator$MagazineGroup", "tryExpandMagazines")
                .blockingMethodCallback(method -> {
                    if (BLOCKED.size() < MOST_KEPT) {
                        BLOCKED.add(described(method.toString()));
                    }
                })
                .install();
    }

    private static String described(String method) {
        StringBuilder text = new StringBuilder(method)
                .append(" on ")
                .append(Thread.currentThread().getName());
        for (StackTraceElement element : Thread.currentThread().getStackTrace()) {
            text.append("\n    at ").append(element);
        }
        return text.append('\n').toString();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        List<String> found = List.copyOf(BLOCKED);
        BLOCKED.removeAll(found);
        assertThat(found).as("what an event loop waited for").isEmpty();
    }
}
