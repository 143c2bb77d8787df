package dev.rowcast.gateway.policy;

import dev.rowcast.schemas.yaml.FileException;
import dev.rowcast.schemas.yaml.FileProblem;
import java.util.List;

/// A file of policies that was refused.
public final class PoliciesException extends FileException {

    private static final long serialVersionUID = 1L;

    /// @param problems at least one
    PoliciesException(List<FileProblem> problems) {
        super(problems);
    }

    static PoliciesException ofFile(String file, String message, String fix) {
        return new PoliciesException(List.of(new FileProblem(file, 0, "", PolicyCode.UNREADABLE, message, fix)));
    }
}
