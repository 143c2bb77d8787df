package dev.rowcast.schemas.catalog;

import dev.rowcast.schemas.catalog.YamlValue.Where;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Collects what is wrong with one file, so that the user hears of everything at once. The file's size bounds it.
final class Problems {
    private final String file;
    private final List<CatalogProblem> found = new ArrayList<>();

    Problems(String file) {
        this.file = file;
    }

    void add(Where where, CatalogCode code, String message, String fix) {
        found.add(new CatalogProblem(file, where.line(), where.path(), code, message, fix));
    }

    /// A problem of the file as a whole.
    void addForFile(CatalogCode code, String message, String fix) {
        found.add(new CatalogProblem(file, 0, "", code, message, fix));
    }

    /// What `make` makes, or nothing when a record refused its values, which is then a problem here.
    <T> Optional<T> attempt(Where where, Supplier<T> make) {
        try {
            return Optional.of(make.get());
        } catch (BadValueException e) {
            add(where, e.code(), e.problem(), e.fix());
            return Optional.empty();
        }
    }

    /// @throws CatalogException when there is any problem
    void throwIfAny() {
        if (!found.isEmpty()) {
            throw new CatalogException(found);
        }
    }
}
