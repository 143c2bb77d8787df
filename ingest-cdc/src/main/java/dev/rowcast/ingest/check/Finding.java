package dev.rowcast.ingest.check;

import dev.rowcast.ingest.fault.Fault;
import dev.rowcast.ingest.fault.FaultCode;
import java.util.List;
import java.util.Optional;

/// What was found when one prerequisite was looked at. A prerequisite that is wrong in several places has a finding
/// for each of them.
///
/// @param message what is so, or what is wrong, naming the thing and the value
/// @param code the fault with which ingest stops because of it, if it does
/// @param advice what to do about it, for people; empty where nothing is to be done
/// @param fix the statements, settings or commands that do it, in order and ready to run; empty where words must do
public record Finding(
        Prerequisite check,
        Severity severity,
        String message,
        Optional<FaultCode> code,
        String advice,
        List<String> fix) {

    public Finding {
        fix = List.copyOf(fix);
    }

    public static Finding ok(Prerequisite check, String message) {
        return new Finding(check, Severity.OK, message, Optional.empty(), "", List.of());
    }

    public static Finding warning(Prerequisite check, String message, String advice, String... fix) {
        return new Finding(check, Severity.WARNING, message, Optional.empty(), advice, List.of(fix));
    }

    /// Something that does not work, though ingest itself does not stop with a code of its own because of it.
    public static Finding error(Prerequisite check, String message, String advice, String... fix) {
        return new Finding(check, Severity.ERROR, message, Optional.empty(), advice, List.of(fix));
    }

    public static Finding error(Prerequisite check, FaultCode code, String message, String advice, String... fix) {
        return new Finding(check, Severity.ERROR, message, Optional.of(code), advice, List.of(fix));
    }

    /// The fault with which ingest stops.
    public Optional<Fault> fault() {
        return code.filter(any -> severity == Severity.ERROR)
                .map(known ->
                        new Fault(known, message, fix.isEmpty() ? advice : advice + ": " + String.join(" ", fix)));
    }
}
