package dev.rowcast.bench.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SocketQueuesTest {

    @Test
    @DisplayName("Only connections of which something was not taken count, with the memory of what they sent")
    void onlyWhatWasNotTakenCounts() {
        SocketQueues queues = SocketQueues.parse("""
                LISTEN 0 4096 127.0.0.1:8080 0.0.0.0:* skmem:(r0,rb131072,t0,tb16384,f0,w0,o0,bl0,d0)
                ESTAB 0 0 127.0.0.1:8080 127.0.0.1:40000 skmem:(r0,rb131072,t0,tb2626560,f4096,w0,o0,bl0,d0)
                ESTAB 0 2000 127.0.0.1:8080 127.0.0.1:40001 skmem:(r0,rb131072,t0,tb2626560,f1792,w4352,o0,bl0,d0)
                FIN-WAIT-1 0 3000 127.0.0.1:8080 127.0.0.1:40002 skmem:(r0,rb131072,t1,tb2626560,f1792,w8448,o0,bl0,d0)
                """);

        assertThat(queues).isEqualTo(new SocketQueues(12_800, 2));
    }
}
