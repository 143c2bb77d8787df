package dev.rowcast.schemas.catalog;

import dev.rowcast.schemas.yaml.BadValueException;
import dev.rowcast.schemas.yaml.Excerpt;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// What the catalog says about one table. A table has either an `entity` code or an `event` template, which a
/// [Catalog] makes sure of together with everything else that concerns more than one key.
///
/// @param entity the code under which clients know the rows, for instance `source`; unique in the catalog
/// @param channels the channels a row is in; empty where only caches and children care for the table
/// @param parent the row that `{parent.…}` of the templates reads
/// @param deliver the columns that clients get; empty means keys only
/// @param evict the cache tags that a change makes stale
/// @param event the type of the event that a row is
/// @param insertOnly updates and deletes of the table are of no interest, and its old rows are not needed
/// @param shard the column that says in which shard of a split tenant a row is, where its channels do not
/// @param reads how its rows are read over HTTP
public record TableRule(
        TableName table,
        Optional<String> entity,
        List<Template> channels,
        Optional<Parent> parent,
        List<String> deliver,
        List<Template> evict,
        Optional<Template> event,
        boolean insertOnly,
        Optional<String> shard,
        RowReads reads) {

    /// @throws IllegalArgumentException when a name is refused, or a list holds something twice
    public TableRule {
        entity.ifPresent(Names.ENTITY::check);
        deliver.forEach(Names.IDENTIFIER::check);
        shard.ifPresent(Names.IDENTIFIER::check);
        channels = distinct(channels);
        deliver = distinct(deliver);
        evict = distinct(evict);
    }

    /// One that is read as it is delivered.
    ///
    /// @throws IllegalArgumentException when a name is refused, or a list holds something twice
    public TableRule(
            TableName table,
            Optional<String> entity,
            List<Template> channels,
            Optional<Parent> parent,
            List<String> deliver,
            List<Template> evict,
            Optional<Template> event,
            boolean insertOnly,
            Optional<String> shard) {
        this(table, entity, channels, parent, deliver, evict, event, insertOnly, shard, RowReads.AS_DELIVERED);
    }

    /// The columns that reads show beside the key.
    public List<String> shown() {
        return reads.columns().isEmpty() ? deliver : reads.columns();
    }

    /// Every template of the table.
    Stream<Template> templates() {
        return Stream.of(channels.stream(), evict.stream(), event.stream()).flatMap(each -> each);
    }

    static <T> List<T> distinct(List<T> values) {
        Set<T> seen = new HashSet<>();
        for (T value : values) {
            if (!seen.add(value)) {
                throw new BadValueException(
                        CatalogCode.DUPLICATE_VALUE,
                        Excerpt.quoted(value.toString()) + " stands twice",
                        "remove one of them");
            }
        }
        return List.copyOf(values);
    }
}
