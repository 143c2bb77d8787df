package dev.rowcast.schemas.yaml;

/// A value that what is made of a file refuses. It knows what is wrong and how to mend it, and not where the value
/// stands: the parser adds file, line and key.
public final class BadValueException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final transient FileCode code;
    private final String problem;
    private final String fix;

    /// @param problem what is wrong, with the value
    /// @param fix what to do about it
    public BadValueException(FileCode code, String problem, String fix) {
        super(problem + "; " + fix + " [" + code.label() + "]");
        this.code = code;
        this.problem = problem;
        this.fix = fix;
    }

    public FileCode code() {
        return code;
    }

    public String problem() {
        return problem;
    }

    public String fix() {
        return fix;
    }
}
