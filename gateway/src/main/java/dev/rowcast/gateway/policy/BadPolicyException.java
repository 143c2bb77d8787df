package dev.rowcast.gateway.policy;

/// A value that a policy refuses. It knows what is wrong and how to mend it, and not where the value stands: the parser
/// adds file, line and key.
final class BadPolicyException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final PolicyCode code;
    private final String problem;
    private final String fix;

    BadPolicyException(PolicyCode code, String problem, String fix) {
        super(problem + "; " + fix + " [" + code.label() + "]");
        this.code = code;
        this.problem = problem;
        this.fix = fix;
    }

    PolicyCode code() {
        return code;
    }

    String problem() {
        return problem;
    }

    String fix() {
        return fix;
    }
}
