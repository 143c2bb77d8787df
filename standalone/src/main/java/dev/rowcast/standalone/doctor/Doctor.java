package dev.rowcast.standalone.doctor;

import dev.rowcast.ingest.Preflight;
import dev.rowcast.ingest.check.Finding;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.CatalogException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Looks at one thing after the other.
public final class Doctor {

    private final Patient patient;
    private final List<Finding> findings = new ArrayList<>();

    private Doctor(Patient patient) {
        this.patient = patient;
    }

    /// What was found. Takes up to 25 s when nothing answers.
    ///
    /// @throws InterruptedException when the thread was interrupted meanwhile
    public static List<Finding> examine(Patient patient) throws InterruptedException {
        Doctor doctor = new Doctor(patient);
        doctor.examine();
        return List.copyOf(doctor.findings);
    }

    private void examine() throws InterruptedException {
        Optional<Catalog> catalog = catalog();
        if (patient.database().isPresent() && catalog.isPresent()) {
            findings.addAll(Preflight.database(patient.database().get(), catalog.get(), patient.role()));
            findings.addAll(RowSecurityExam.findings(patient.database().get(), catalog.get()));
        }
        patient.kafka().ifPresent(servers -> findings.addAll(KafkaExam.findings(servers, catalog)));
        patient.registry().ifPresent(url -> findings.addAll(RegistryExam.findings(url, catalog)));
        patient.redis().ifPresent(url -> findings.addAll(RedisExam.findings(url)));
        if (patient.gateway().isPresent()) {
            findings.add(GatewayExam.finding(patient.gateway().get()));
        }
    }

    private Optional<Catalog> catalog() {
        try {
            Catalog catalog = Catalog.load(patient.catalog());
            findings.add(Finding.ok(
                    ServiceCheck.CATALOG,
                    "%s: source %s, %d tables"
                            .formatted(
                                    patient.catalog().getFileName(),
                                    catalog.source(),
                                    catalog.tables().size())));
            return Optional.of(catalog);
        } catch (CatalogException e) {
            e.problems()
                    .forEach(problem -> findings.add(Finding.error(
                            ServiceCheck.CATALOG,
                            problem.toString(),
                            "mend the file; the database was not looked at")));
            return Optional.empty();
        }
    }
}
