package dev.rowcast.gateway.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Fails a test class after which Netty finds a buffer that nobody released. Registered for every class by the
/// service loader, which makes it before any test touches Netty.
public final class LeakCheck implements AfterAllCallback {

    private static final long COLLECTED_WITHIN_MS = 10_000;
    private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();

    static {
        // Every way to make a detector ends here.
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new ResourceLeakDetectorFactory() {
            @Override
            @SuppressWarnings("deprecation") // the only abstract method of the factory
            public <T> ResourceLeakDetector<T> newResourceLeakDetector(
                    Class<T> resource, int samplingInterval, long maxActive) {
                return new Recording<>(resource, samplingInterval);
            }
        });
    }

    private static final class Recording<T> extends ResourceLeakDetector<T> {
        Recording(Class<T> resource, int samplingInterval) {
            super(resource, samplingInterval);
        }

        @Override
        protected void reportTracedLeak(String resourceType, String records) {
            LEAKS.add(resourceType + records);
            super.reportTracedLeak(resourceType, records);
        }

        @Override
        protected void reportUntracedLeak(String resourceType) {
            LEAKS.add(resourceType);
            super.reportUntracedLeak(resourceType);
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        assertThat(leaks()).as("buffers that nobody released").isEmpty();
    }

    /// What has leaked since the last call.
    static List<String> leaks() throws InterruptedException {
        // The canary of the first may be seen before what was collected with it; that of the second is seen after.
        collectGarbage();
        collectGarbage();
        // Netty reports what it finds when the next buffer is made.
        ByteBufAllocator.DEFAULT.buffer().release();
        List<String> found = List.copyOf(LEAKS);
        LEAKS.removeAll(found);
        return found;
    }

    private static void collectGarbage() throws InterruptedException {
        ReferenceQueue<Object> collected = new ReferenceQueue<>();
        PhantomReference<Object> canary = new PhantomReference<>(new Object(), collected);
        System.gc();
        assertThat(collected.remove(COLLECTED_WITHIN_MS)).isSameAs(canary);
        Reference.reachabilityFence(canary);
    }
}
