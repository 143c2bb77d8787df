package dev.rowcast.bench.cache;

import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/// Numbers from 0 of which the first are drawn most often: the n-th as often as 1/n.
final class Zipf {

    private final double[] upTo;

    /// @param count at least 1
    Zipf(int count) {
        this.upTo = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += 1.0 / (i + 1);
            upTo[i] = sum;
        }
    }

    int next() {
        return at(ThreadLocalRandom.current().nextDouble());
    }

    /// @param share of all draws, 0 to below 1
    int at(double share) {
        int found = Arrays.binarySearch(upTo, share * upTo[upTo.length - 1]);
        return Math.min(upTo.length - 1, found >= 0 ? found + 1 : -found - 1);
    }
}
