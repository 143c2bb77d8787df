package dev.rowcast.embedded.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;

/// How a subject's versions must relate: who must be able to read whom, and whether to the last or to all versions.
enum Compatibility {
    NONE(false, false, false),
    /// The new schema reads what the old one wrote.
    BACKWARD(true, false, false),
    BACKWARD_TRANSITIVE(true, false, true),
    /// The old schema reads what the new one writes.
    FORWARD(false, true, false),
    FORWARD_TRANSITIVE(false, true, true),
    FULL(true, true, false),
    FULL_TRANSITIVE(true, true, true);

    private final boolean newReadsOld;
    private final boolean oldReadsNew;
    private final boolean transitive;

    Compatibility(boolean newReadsOld, boolean oldReadsNew, boolean transitive) {
        this.newReadsOld = newReadsOld;
        this.oldReadsNew = oldReadsNew;
        this.transitive = transitive;
    }

    static Compatibility of(String name) {
        try {
            return valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw RegistryException.invalidLevel(name);
        }
    }

    /// What stands against the new schema; empty when it may follow.
    ///
    /// @param earlier oldest first
    List<String> check(Schema schema, List<Schema> earlier) {
        var compared = transitive || earlier.isEmpty() ? earlier : earlier.subList(earlier.size() - 1, earlier.size());
        var problems = new ArrayList<String>();
        for (Schema old : compared.reversed()) {
            if (newReadsOld) {
                problems(schema, old)
                        .forEach(problem -> problems.add("the new schema cannot read the old: " + problem));
            }
            if (oldReadsNew) {
                problems(old, schema)
                        .forEach(problem -> problems.add("the old schema cannot read the new: " + problem));
            }
        }
        return problems;
    }

    private static Stream<String> problems(Schema reader, Schema writer) {
        return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
                .getResult()
                .getIncompatibilities()
                .stream()
                .map(problem ->
                        "%s at %s: %s".formatted(problem.getType(), problem.getLocation(), problem.getMessage()));
    }
}
