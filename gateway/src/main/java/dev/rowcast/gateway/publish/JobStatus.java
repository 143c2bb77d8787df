package dev.rowcast.gateway.publish;

import java.util.List;

/// What became of a job.
sealed interface JobStatus {

    /// Some of its events wait to be ordered.
    record Queued() implements JobStatus {}

    /// All of its events are ordered in the tenant's log.
    record Published() implements JobStatus {}

    /// Some of its events were set aside and are told to nobody; the others are ordered.
    ///
    /// @param faults of those, at least one
    record Failed(List<Fault> faults) implements JobStatus {}

    /// There is no such job of the tenant, or it is too long ago.
    record Unknown() implements JobStatus {}

    /// Nobody can say at present.
    record NotNow() implements JobStatus {}
}
