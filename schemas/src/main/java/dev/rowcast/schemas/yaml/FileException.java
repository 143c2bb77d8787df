package dev.rowcast.schemas.yaml;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/// A file that was refused, with everything that is wrong with it in the order of its lines. The message has one line
/// for each problem and is fit to be shown to the user as it stands.
public abstract class FileException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final transient List<FileProblem> problems;

    /// @param problems at least one
    protected FileException(List<FileProblem> problems) {
        List<FileProblem> ordered = problems.stream()
                .sorted(Comparator.comparingInt(FileProblem::line))
                .toList();
        super(ordered.stream().map(FileProblem::toString).collect(Collectors.joining("\n")));
        this.problems = ordered;
    }

    /// At least one problem, in the order of the file's lines.
    public final List<FileProblem> problems() {
        return problems;
    }
}
