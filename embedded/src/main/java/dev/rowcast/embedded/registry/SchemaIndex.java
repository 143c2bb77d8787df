package dev.rowcast.embedded.registry;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/// What the topic says, in memory. One writer; readers at any time.
final class SchemaIndex {
    private static final ConcurrentNavigableMap<Integer, SchemaVersion> NO_VERSIONS = new ConcurrentSkipListMap<>();

    private final ConcurrentNavigableMap<String, ConcurrentNavigableMap<Integer, SchemaVersion>> subjects =
            new ConcurrentSkipListMap<>();
    private final Map<Integer, String> schemas = new ConcurrentHashMap<>();
    private final Map<String, Integer> ids = new ConcurrentHashMap<>();
    private final Map<Optional<String>, Compatibility> levels = new ConcurrentHashMap<>();
    private volatile int highestId;

    void apply(Entry entry) {
        switch (entry) {
            case Entry.Put(SchemaVersion v) -> {
                subjects.computeIfAbsent(v.subject(), s -> new ConcurrentSkipListMap<>())
                        .put(v.version(), v);
                schemas.put(v.id(), v.schema());
                ids.put(v.schema(), v.id());
                highestId = Math.max(highestId, v.id());
            }
            case Entry.Removed(String subject, int version) -> remove(subject, version);
            case Entry.Level(Optional<String> subject, Optional<Compatibility> level) ->
                level.ifPresentOrElse(l -> levels.put(subject, l), () -> levels.remove(subject));
        }
    }

    private void remove(String subject, int version) {
        SchemaVersion removed = subjects.getOrDefault(subject, NO_VERSIONS).remove(version);
        if (removed == null) {
            return;
        }
        if (subjects.getOrDefault(subject, NO_VERSIONS).isEmpty()) {
            subjects.remove(subject);
        }
        if (withId(removed.id(), true).isEmpty()) {
            schemas.remove(removed.id());
            ids.remove(removed.schema());
        }
    }

    int size() {
        return schemas.size();
    }

    Optional<String> schema(int id) {
        return Optional.ofNullable(schemas.get(id));
    }

    /// The id that this schema text has, or the next free one.
    int idFor(String schema) {
        return Optional.ofNullable(ids.get(schema)).orElse(highestId + 1);
    }

    List<String> subjects(boolean deleted) {
        return subjects.keySet().stream()
                .filter(subject -> !versions(subject, deleted).isEmpty())
                .toList();
    }

    /// Oldest first.
    List<SchemaVersion> versions(String subject, boolean deleted) {
        return subjects.getOrDefault(subject, NO_VERSIONS).values().stream()
                .filter(version -> deleted || !version.deleted())
                .toList();
    }

    /// All places where the id is used.
    List<SchemaVersion> withId(int id, boolean deleted) {
        return new TreeSet<>(subjects.keySet())
                .stream()
                        .flatMap(subject -> versions(subject, deleted).stream())
                        .filter(version -> version.id() == id)
                        .toList();
    }

    int nextVersion(String subject) {
        var versions = subjects.getOrDefault(subject, NO_VERSIONS);
        return versions.isEmpty() ? 1 : versions.lastKey() + 1;
    }

    Optional<Compatibility> level(Optional<String> subject) {
        return Optional.ofNullable(levels.get(subject));
    }

    /// The level in force for a subject.
    Compatibility levelFor(String subject) {
        return level(Optional.of(subject)).or(() -> level(Optional.empty())).orElse(Compatibility.BACKWARD);
    }
}
