package dev.rowcast.schemas.catalog;

import dev.rowcast.schemas.hash.Sha256;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Which catalog a process has, as operators see it. Names are API.
public final class CatalogMetrics {

    private static final int HEX_DIGITS = 12;

    private CatalogMetrics() {}

    /// Shows a fingerprint of what the catalog evicts, the same in every process whose rows evict the same tags.
    /// A gateway relies on tags that the streams processors evict: with another fingerprint than theirs its answers
    /// may be stale.
    ///
    /// @param service who has it: several may be in one process
    public static void bind(MeterRegistry meters, String service, Catalog catalog) {
        Gauge.builder("rowcast.catalog.info", () -> 1)
                .description("1 for the fingerprint of what the process' catalog evicts")
                .tag("service", service)
                .tag("evicts", fingerprint(catalog))
                .register(meters);
    }

    private static String fingerprint(Catalog catalog) {
        List<String> parts = new ArrayList<>();
        parts.add(catalog.tenancy().toString());
        catalog.tables().values().stream()
                .sorted(Comparator.comparing(rule -> rule.table().toString()))
                .flatMap(CatalogMetrics::parts)
                .forEach(parts::add);
        return Sha256.hex(String.join("\n", parts)).substring(0, HEX_DIGITS);
    }

    private static Stream<String> parts(TableRule rule) {
        return Stream.concat(
                Stream.of(rule.table().toString(), rule.parent().toString(), Boolean.toString(rule.insertOnly())),
                rule.evict().stream().map(Template::toString).sorted());
    }
}
