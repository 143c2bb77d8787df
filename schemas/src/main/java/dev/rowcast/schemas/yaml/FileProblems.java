package dev.rowcast.schemas.yaml;

import dev.rowcast.schemas.yaml.YamlValue.Where;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// Collects what is wrong with one file, so that its user hears of everything at once. The file's size bounds it.
public final class FileProblems {
    private final String file;
    private final Function<Fault, FileCode> codes;
    private final Function<List<FileProblem>, FileException> refusal;
    private final List<FileProblem> found = new ArrayList<>();

    /// @param file as it is to be named
    /// @param codes those of this kind of file for what can be wrong with any
    /// @param refusal says that the file is refused
    public FileProblems(
            String file, Function<Fault, FileCode> codes, Function<List<FileProblem>, FileException> refusal) {
        this.file = file;
        this.codes = codes;
        this.refusal = refusal;
    }

    void add(Where where, Fault fault, String message, String fix) {
        add(where, codes.apply(fault), message, fix);
    }

    /// @param message what is wrong, with the value
    /// @param fix what to do about it
    public void add(Where where, FileCode code, String message, String fix) {
        found.add(new FileProblem(file, where.line(), where.path(), code, message, fix));
    }

    /// What `make` makes, or nothing when it refused a value with a [BadValueException], which is then a problem there.
    public <T> Optional<T> attempt(Where where, Supplier<T> make) {
        try {
            return Optional.of(make.get());
        } catch (BadValueException e) {
            add(where, e.code(), e.problem(), e.fix());
            return Optional.empty();
        }
    }

    /// @throws FileException when there is any problem
    public void throwIfAny() {
        if (!found.isEmpty()) {
            throw refusal.apply(found);
        }
    }
}
