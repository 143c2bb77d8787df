package dev.rowcast.schemas.catalog;

/// A value that a record of the catalog refuses. It knows what is wrong and how to mend it, and not where the value
/// stands: the parser adds file, line and key.
final class BadValueException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final CatalogCode code;
    private final String problem;
    private final String fix;

    BadValueException(CatalogCode code, String problem, String fix) {
        super(problem + "; " + fix + " [" + code.label() + "]");
        this.code = code;
        this.problem = problem;
        this.fix = fix;
    }

    CatalogCode code() {
        return code;
    }

    String problem() {
        return problem;
    }

    String fix() {
        return fix;
    }
}
