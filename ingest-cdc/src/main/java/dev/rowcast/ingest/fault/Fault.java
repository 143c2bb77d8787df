package dev.rowcast.ingest.fault;

/// One thing that keeps ingest from running.
///
/// @param code what kind
/// @param reason what is wrong here, naming the thing and the value
/// @param fix what to do, often a statement of SQL
public record Fault(FaultCode code, String reason, String fix) {

    /// The three on one line each, as a terminal shows them.
    @Override
    public String toString() {
        return "%s: %s%n  fix: %s".formatted(code.label(), reason, fix);
    }
}
