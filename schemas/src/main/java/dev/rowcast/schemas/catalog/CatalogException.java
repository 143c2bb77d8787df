package dev.rowcast.schemas.catalog;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/// A catalog file that was refused, with everything that is wrong with it in the order of its lines. The message has
/// one line for each problem and is fit to be shown to the user as it stands.
public final class CatalogException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<CatalogProblem> problems;

    /// @param problems at least one
    CatalogException(List<CatalogProblem> problems) {
        List<CatalogProblem> ordered = problems.stream()
                .sorted(Comparator.comparingInt(CatalogProblem::line))
                .toList();
        super(ordered.stream().map(CatalogProblem::toString).collect(Collectors.joining("\n")));
        this.problems = ordered;
    }

    /// At least one problem, in the order of the file's lines.
    public List<CatalogProblem> problems() {
        return problems;
    }
}
