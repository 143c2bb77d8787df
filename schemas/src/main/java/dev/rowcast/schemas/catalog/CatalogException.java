package dev.rowcast.schemas.catalog;

import dev.rowcast.schemas.yaml.FileException;
import dev.rowcast.schemas.yaml.FileProblem;
import java.util.List;

/// A catalog file that was refused.
public final class CatalogException extends FileException {
    private static final long serialVersionUID = 1L;

    /// @param problems at least one
    CatalogException(List<FileProblem> problems) {
        super(problems);
    }
}
