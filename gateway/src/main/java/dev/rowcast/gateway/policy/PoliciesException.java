package dev.rowcast.gateway.policy;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/// A file of policies that was refused, with everything that is wrong with it in the order of its lines. The message
/// has
/// one line for each problem and is fit to be shown as it stands.
public final class PoliciesException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final transient List<PolicyProblem> problems;

    /// @param problems at least one
    PoliciesException(List<PolicyProblem> problems) {
        List<PolicyProblem> ordered = problems.stream()
                .sorted(Comparator.comparingInt(PolicyProblem::line))
                .toList();
        super(ordered.stream().map(PolicyProblem::toString).collect(Collectors.joining("\n")));
        this.problems = ordered;
    }

    static PoliciesException ofFile(String file, String message, String fix) {
        return new PoliciesException(List.of(new PolicyProblem(file, 0, "", PolicyCode.UNREADABLE, message, fix)));
    }

    /// At least one, in the order of the file's lines.
    public List<PolicyProblem> problems() {
        return problems;
    }
}
