package dev.rowcast.standalone.doctor;

import dev.rowcast.ingest.check.Finding;
import dev.rowcast.ingest.check.Severity;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Findings for programs: one document. Members are only ever added.
public final class JsonReport {

    private JsonReport() {}

    public static String of(List<Finding> findings) {
        ObjectNode report = JsonMapper.shared().createObjectNode();
        report.put("ok", findings.stream().noneMatch(finding -> finding.severity() == Severity.ERROR));
        ArrayNode checks = report.putArray("checks");
        for (Finding finding : findings) {
            ObjectNode check = checks.addObject();
            check.put("check", finding.check().id());
            check.put("ok", finding.severity() == Severity.OK);
            check.put("severity", finding.severity().label());
            check.put("message", finding.message());
            finding.code().ifPresent(code -> check.put("code", code.label()));
            check.put("advice", finding.advice());
            ArrayNode fix = check.putArray("fix");
            finding.fix().forEach(fix::add);
        }
        return report.toPrettyString();
    }
}
