package dev.rowcast.gateway.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;

class LeakCheckTest {

    @Test
    void aBufferThatNobodyReleasesIsFound() throws InterruptedException {
        leak();

        assertThat(LeakCheck.leaks()).singleElement().asString().contains("ByteBuf");
        assertThat(LeakCheck.leaks()).isEmpty();
    }

    private static void leak() {
        ByteBufAllocator.DEFAULT.buffer().writeByte(1);
    }
}
