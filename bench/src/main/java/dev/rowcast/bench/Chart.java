package dev.rowcast.bench;

import java.util.List;

/// The median and the 99th percentile of each hop as bars, one group a rate.
final class Chart {

    private static final int WIDTH = 760;
    private static final int LEFT = 170;
    private static final int BAR = 12;
    private static final int GROUP = Hop.values().length * (2 * BAR + 8) + 30;

    private final List<Measured> results;
    private final double longest;

    Chart(List<Measured> results) {
        this.results = List.copyOf(results);
        this.longest = results.stream()
                .mapToDouble(result -> result.ms(Hop.WHOLE, 99))
                .max()
                .orElse(1);
    }

    String svg() {
        StringBuilder svg = new StringBuilder(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">\n"
                        .formatted(WIDTH, GROUP * results.size() + 10));
        svg.append("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
        int y = 20;
        for (Measured result : results) {
            svg.append("<text x=\"8\" y=\"%d\" font-weight=\"bold\">%d changes/s (ms)</text>\n"
                    .formatted(y, result.perSecond()));
            y += 10;
            for (Hop hop : Hop.values()) {
                svg.append("<text x=\"8\" y=\"%d\">%s</text>\n".formatted(y + BAR + 3, hop.title()));
                bar(svg, y, result.ms(hop, 50), "p50", "#2f6fde");
                bar(svg, y + BAR, result.ms(hop, 99), "p99", "#9dbcf2");
                y += 2 * BAR + 8;
            }
            y += 20;
        }
        return svg.append("</svg>\n").toString();
    }

    private void bar(StringBuilder svg, int y, double ms, String name, String colour) {
        double width = Math.max(1, (WIDTH - LEFT - 110) * Math.min(ms, longest) / longest);
        svg.append("<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>"
                .formatted(LEFT, y, width, BAR - 1, colour));
        svg.append("<text x=\"%.1f\" y=\"%d\" font-size=\"10\">%s %.1f</text>\n"
                .formatted(LEFT + width + 4, y + BAR - 3, name, ms));
    }
}
