package dev.rowcast.standalone.doctor;

import dev.rowcast.ingest.Preflight;
import dev.rowcast.ingest.check.Finding;
import dev.rowcast.ingest.fault.Fault;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.RegistryException;
import dev.rowcast.schemas.topic.Format;
import dev.rowcast.schemas.topic.Topic;
import dev.rowcast.schemas.topic.Topics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Looks at the schema registry: whether it answers, and whether its rules still keep the promise that old readers can
/// read new records.
final class RegistryExam {

    private static final String OURS = "FULL_TRANSITIVE";
    private static final String ROWS = "BACKWARD";

    /// Rules that are as strict as the one for rows, or stricter.
    private static final Set<String> FOR_ROWS = Set.of(ROWS, "BACKWARD_TRANSITIVE", "FULL", OURS);

    private RegistryExam() {}

    static List<Finding> findings(String url, Optional<Catalog> catalog) {
        Optional<Fault> away = Preflight.registry(url);
        if (away.isPresent()) {
            Fault fault = away.get();
            return List.of(Finding.error(ServiceCheck.REGISTRY, fault.code(), fault.reason(), fault.fix()));
        }
        List<Finding> findings = new ArrayList<>(List.of(Finding.ok(ServiceCheck.REGISTRY, url)));
        findings.addAll(rules(new RegistryClient(url), url, catalog));
        return findings;
    }

    private static List<Finding> rules(RegistryClient registry, String url, Optional<Catalog> catalog) {
        List<Finding> findings = new ArrayList<>();
        int known = 0;
        for (Map.Entry<String, Boolean> subject : subjects(catalog).entrySet()) {
            try {
                registry.latest(subject.getKey());
                known++;
                String rule = registry.compatibility(subject.getKey());
                boolean keeps = subject.getValue() ? rule.equals(OURS) : FOR_ROWS.contains(rule);
                if (!keeps) {
                    findings.add(loose(url, subject.getKey(), rule, subject.getValue() ? OURS : ROWS));
                }
            } catch (RegistryException e) {
                if (e.reason() != RegistryException.Reason.NOT_FOUND) {
                    findings.add(Finding.warning(
                            ServiceCheck.REGISTRY_COMPATIBILITY,
                            String.valueOf(e.getMessage()),
                            "let Rowcast read subjects and their rules"));
                    return findings;
                }
            }
        }
        return findings.isEmpty()
                ? List.of(Finding.ok(
                        ServiceCheck.REGISTRY_COMPATIBILITY,
                        known == 0
                                ? "no schema yet; the first start registers them"
                                : "%s for our %s, %s or stricter for rows".formatted(OURS, "topics", ROWS)))
                : findings;
    }

    private static Finding loose(String url, String subject, String rule, String wanted) {
        return Finding.warning(
                ServiceCheck.REGISTRY_COMPATIBILITY,
                "subject %s has the rule %s, so a schema could come that readers cannot read"
                        .formatted(subject, rule.isEmpty() ? "unknown" : rule),
                "set it back",
                "curl -X PUT -H 'Content-Type: application/json' -d '{\"compatibility\": \"%s\"}' %s/config/%s"
                        .formatted(wanted, url, subject));
    }

    /// Subjects of values, and whether they are ours rather than of captured rows.
    private static Map<String, Boolean> subjects(Optional<Catalog> catalog) {
        Map<String, Boolean> subjects = new LinkedHashMap<>();
        for (Topic<?, ?> topic :
                Topics.all(catalog.map(known -> known.highVolume().tenants()).orElse(List.of()))) {
            if (topic.value() instanceof Format.Avro<?>) {
                topic.valueSubject().ifPresent(subject -> subjects.put(subject, true));
            }
        }
        catalog.ifPresent(known -> known.publishedTables()
                .forEach(table -> Topics.rows(known.source(), table.toString())
                        .valueSubject()
                        .ifPresent(subject -> subjects.put(subject, false))));
        return subjects;
    }
}
