package dev.rowcast.bench.capture;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/// What many trials say together.
final class Summary {

    private static final double PER_ROWS = 1000;

    private final List<Trial> trials;

    Summary(List<Trial> trials) {
        this.trials = List.copyOf(trials);
    }

    List<Trial> trials() {
        return trials;
    }

    /// The sides that were measured, ours first.
    List<Side> sides() {
        return Arrays.stream(Side.values())
                .filter(side -> trials.stream().anyMatch(trial -> trial.side() == side))
                .toList();
    }

    /// The median of the rates; NaN without trials.
    double rowsPerSecond(Side side, Shape shape, Mode mode) {
        return median(of(side, shape, mode).mapToDouble(Trial::rowsPerSecond).toArray());
    }

    /// Ours over theirs: above 1 we are faster. NaN when one of them was not measured.
    double ratio(Side other, Shape shape, Mode mode) {
        return rowsPerSecond(Side.ROWCAST, shape, mode) / rowsPerSecond(other, shape, mode);
    }

    /// The lowest and the highest rate.
    double[] range(Side side, Shape shape, Mode mode) {
        double[] rates =
                of(side, shape, mode).mapToDouble(Trial::rowsPerSecond).sorted().toArray();
        return rates.length == 0
                ? new double[] {Double.NaN, Double.NaN}
                : new double[] {rates[0], rates[rates.length - 1]};
    }

    /// The median of the processor seconds for each 1,000 rows.
    double secondsPer1000(Side side, Shape shape, Mode mode, ToDoubleFunction<Usage> process) {
        return median(of(side, shape, mode)
                .mapToDouble(trial -> process.applyAsDouble(trial.usage()) / trial.arrived() * PER_ROWS)
                .toArray());
    }

    /// Whether every row of every trial arrived once, and no capture began anew.
    boolean clean() {
        return trials.stream().allMatch(trial -> trial.whole() && trial.restarts() == 0);
    }

    /// The highest load of the machine at the end of a trial; 0 without trials.
    double highestLoad() {
        return trials.stream().mapToDouble(Trial::load).max().orElse(0);
    }

    private Stream<Trial> of(Side side, Shape shape, Mode mode) {
        return trials.stream().filter(trial -> trial.side() == side && trial.shape() == shape && trial.mode() == mode);
    }

    static double median(double... values) {
        if (values.length == 0) {
            return Double.NaN;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
