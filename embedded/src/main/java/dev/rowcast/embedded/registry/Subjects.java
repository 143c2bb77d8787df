package dev.rowcast.embedded.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.avro.Schema;
import org.apache.kafka.common.KafkaException;

/// The registry's rules over its index and its topic. Reads never wait for the broker; writes go one at a time.
final class Subjects implements AutoCloseable {
    static final int SCHEMA_LIMIT = 10_000;
    private static final int SUBJECT_LENGTH_LIMIT = 255;

    private final ReentrantLock writing = new ReentrantLock();
    private final String bootstrapServers;
    private volatile SchemaIndex index = new SchemaIndex();
    private Optional<SchemaTopic> topic = Optional.empty();

    Subjects(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
        reopen();
    }

    SchemaIndex index() {
        return index;
    }

    int register(String subject, String text) {
        requireSubject(subject);
        Schema schema = AvroText.parse(text);
        String canonical = schema.toString();
        return write(current -> {
            Optional<SchemaVersion> known = find(current.versions(subject, false), canonical);
            if (known.isPresent()) {
                return new Change<>(known.get().id(), List.of());
            }
            if (current.size() >= SCHEMA_LIMIT) {
                throw RegistryException.full(SCHEMA_LIMIT);
            }
            var problems = current.levelFor(subject).check(schema, parsed(current.versions(subject, false)));
            if (!problems.isEmpty()) {
                throw RegistryException.incompatible(String.join("; ", problems));
            }
            int id = current.idFor(canonical);
            var added = new SchemaVersion(subject, current.nextVersion(subject), id, canonical, false);
            return new Change<>(id, List.of(new Entry.Put(added)));
        });
    }

    /// The version of the subject that has this schema.
    SchemaVersion lookup(String subject, String text, boolean deleted) {
        var versions = requireVersions(subject, deleted);
        return find(versions, AvroText.parse(text).toString()).orElseThrow(RegistryException::schemaNotFound);
    }

    SchemaVersion version(String subject, String version, boolean deleted) {
        return select(requireVersions(subject, deleted), version);
    }

    /// Not deleted versions of a subject that has any.
    List<SchemaVersion> requireVersions(String subject, boolean deleted) {
        var versions = index.versions(subject, deleted);
        if (versions.isEmpty()) {
            throw RegistryException.subjectNotFound(subject);
        }
        return versions;
    }

    /// What stands against the schema when it is held against one version, or against all that the level asks for.
    List<String> check(String subject, Optional<String> version, String text) {
        Schema schema = AvroText.parse(text);
        var level = index.levelFor(subject);
        List<SchemaVersion> earlier = version.map(v ->
                        v.equals("latest") && index.versions(subject, false).isEmpty()
                                ? List.<SchemaVersion>of()
                                : List.of(version(subject, v, false)))
                .orElseGet(() -> index.versions(subject, false));
        return level.check(schema, parsed(earlier));
    }

    List<Integer> deleteSubject(String subject, boolean permanent) {
        return write(current -> {
            var live = current.versions(subject, false);
            var all = current.versions(subject, true);
            if (all.isEmpty()) {
                throw RegistryException.subjectNotFound(subject);
            }
            if (permanent && !live.isEmpty()) {
                throw RegistryException.subjectNotSoftDeleted(subject);
            }
            if (!permanent && live.isEmpty()) {
                throw RegistryException.subjectSoftDeleted(subject);
            }
            var gone = permanent ? all : live;
            return new Change<>(
                    gone.stream().map(SchemaVersion::version).toList(),
                    gone.stream().map(v -> deletion(v, permanent)).toList());
        });
    }

    int deleteVersion(String subject, String version, boolean permanent) {
        return write(current -> {
            var all = current.versions(subject, true);
            if (all.isEmpty()) {
                throw RegistryException.subjectNotFound(subject);
            }
            SchemaVersion gone = select(version.equals("latest") ? requireVersions(subject, false) : all, version);
            if (permanent && !gone.deleted()) {
                throw RegistryException.versionNotSoftDeleted(subject, gone.version());
            }
            if (!permanent && gone.deleted()) {
                throw RegistryException.versionSoftDeleted(subject, gone.version());
            }
            return new Change<>(gone.version(), List.of(deletion(gone, permanent)));
        });
    }

    void setLevel(Optional<String> subject, Optional<Compatibility> level) {
        subject.ifPresent(Subjects::requireSubject);
        write(current -> new Change<>(true, List.of(new Entry.Level(subject, level))));
    }

    @Override
    public void close() {
        topic.ifPresent(SchemaTopic::close);
    }

    private record Change<T>(T answer, List<Entry> entries) {}

    @FunctionalInterface
    private interface Decision<T> {
        Change<T> decide(SchemaIndex current);
    }

    /// Decides on the present state, appends, applies. When the topic fails nobody knows what it holds, so the next
    /// write reads it anew.
    private <T> T write(Decision<T> decision) {
        writing.lock();
        try {
            SchemaTopic open = topic.isPresent() ? topic.get() : reopen();
            Change<T> change = decision.decide(index);
            if (!change.entries().isEmpty()) {
                open.append(change.entries());
                change.entries().forEach(index::apply);
            }
            return change.answer();
        } catch (KafkaException e) {
            topic.ifPresent(SchemaTopic::close);
            topic = Optional.empty();
            throw RegistryException.store(e);
        } finally {
            writing.unlock();
        }
    }

    private SchemaTopic reopen() {
        var read = new SchemaIndex();
        var opened = SchemaTopic.open(bootstrapServers, read::apply);
        topic = Optional.of(opened);
        index = read;
        return opened;
    }

    private static Entry deletion(SchemaVersion version, boolean permanent) {
        return permanent ? new Entry.Removed(version.subject(), version.version()) : new Entry.Put(version.asDeleted());
    }

    private static SchemaVersion select(List<SchemaVersion> versions, String wanted) {
        if (wanted.equals("latest") || wanted.equals("-1")) {
            return versions.getLast();
        }
        int number;
        try {
            number = Integer.parseInt(wanted);
        } catch (NumberFormatException e) {
            throw RegistryException.invalidVersion(wanted);
        }
        if (number < 1) {
            throw RegistryException.invalidVersion(wanted);
        }
        return versions.stream()
                .filter(v -> v.version() == number)
                .findFirst()
                .orElseThrow(() -> RegistryException.versionNotFound(number));
    }

    private static Optional<SchemaVersion> find(List<SchemaVersion> versions, String canonical) {
        return versions.stream().filter(v -> v.schema().equals(canonical)).findFirst();
    }

    private static List<Schema> parsed(List<SchemaVersion> versions) {
        var schemas = new ArrayList<Schema>();
        versions.forEach(version -> schemas.add(AvroText.parse(version.schema())));
        return schemas;
    }

    private static void requireSubject(String subject) {
        if (subject.isBlank()
                || subject.length() > SUBJECT_LENGTH_LIMIT
                || subject.chars().anyMatch(Character::isISOControl)) {
            throw RegistryException.invalidSubject(subject);
        }
    }
}
