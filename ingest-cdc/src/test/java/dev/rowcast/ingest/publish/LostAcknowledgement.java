package dev.rowcast.ingest.publish;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Producer;

/// A real producer, of which one record is never sent: its acknowledgement fails.
final class LostAcknowledgement {

    private LostAcknowledgement() {}

    /// @param number of the record that is lost, the first one is 1
    @SuppressWarnings("unchecked") // the proxy has the one interface
    static Producer<byte[], byte[]> of(Producer<byte[], byte[]> producer, int number, Exception cause) {
        AtomicInteger sent = new AtomicInteger();
        return (Producer<byte[], byte[]>) Proxy.newProxyInstance(
                LostAcknowledgement.class.getClassLoader(), new Class<?>[] {Producer.class}, (proxy, method, args) -> {
                    if (method.getName().equals("send") && sent.incrementAndGet() == number) {
                        return CompletableFuture.failedFuture(cause);
                    }
                    try {
                        return method.invoke(producer, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
