package dev.rowcast.ingest.fault;

import org.jspecify.annotations.Nullable;

/// Ends a run with a [Fault]. It is deliberately none of Connect's exceptions: the capture engine must never
/// take it for one that it can answer by going on with the next batch, which loses the current one.
public final class FaultException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Fault fault;

    public FaultException(Fault fault) {
        this(fault, null);
    }

    public FaultException(Fault fault, @Nullable Throwable cause) {
        super(fault.code().label() + ": " + fault.reason(), cause);
        this.fault = fault;
    }

    public FaultException(FaultCode code, String reason, String fix, @Nullable Throwable cause) {
        this(new Fault(code, reason, fix), cause);
    }

    public Fault fault() {
        return fault;
    }
}
