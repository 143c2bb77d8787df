package dev.rowcast.bench.subscribers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.bench.subscribers.Order.Place;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class OrderTest {

    @Test
    @DisplayName("Nothing is missing of what came once and in order, and all of it when nothing came")
    void nothingIsMissingInOrder() {
        Order order = new Order(1, 5);
        assertThat(order.missing(8)).isEqualTo(3);

        LongStream.range(5, 8).forEach(number -> assertThat(order.take(number)).isEqualTo(Place.NEW));

        assertThat(order.missing(8)).isZero();
    }

    @Test
    @DisplayName("A gap is missing at once, and what was sent last and did not come is as well")
    void aGapIsMissing() {
        Order order = new Order(1, 0);

        order.take(0);
        order.take(3);

        assertThat(order.missing(4)).isEqualTo(2);
        assertThat(order.missing(10)).isEqualTo(8);
    }

    @Test
    @DisplayName("What fills a gap is late and not missing any more; what comes again is told apart from it")
    void whatFillsAGapIsLate() {
        Order order = new Order(1, 0);
        order.take(0);
        order.take(2);

        assertThat(order.take(1)).isEqualTo(Place.LATE);
        assertThat(order.take(1)).isEqualTo(Place.TWICE);
        assertThat(order.take(2)).isEqualTo(Place.TWICE);
        assertThat(order.missing(3)).isZero();
    }

    @Test
    @DisplayName("A gap of millions is counted and not remembered")
    void aHugeGapIsCounted() {
        Order order = new Order(1, 0);

        order.take(5_000_000);

        assertThat(order.missing(5_000_001)).isEqualTo(5_000_000);
    }
}
