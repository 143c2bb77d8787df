package dev.rowcast.bench.table;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;

/// Numbers as people read them, and their medians.
public final class Figures {

    private static final double SMALL = 10;
    private static final double LARGE = 100;

    private Figures() {}

    /// With as many decimals as say something.
    public static Number rounded(double value) {
        double size = Math.abs(value);
        if (size >= LARGE || size == Math.rint(size)) {
            return Math.round(value);
        }
        return BigDecimal.valueOf(value).setScale(size < SMALL ? 2 : 1, RoundingMode.HALF_UP);
    }

    /// Titles and rounded values, for a line.
    public static String text(Map<String, Double> values) {
        StringBuilder text = new StringBuilder();
        values.forEach((title, value) -> text.append(text.isEmpty() ? "" : ", ")
                .append(title)
                .append(' ')
                .append(rounded(value)));
        return text.toString();
    }

    /// @param values at least one
    public static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
