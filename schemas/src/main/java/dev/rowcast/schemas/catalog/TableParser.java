package dev.rowcast.schemas.catalog;

import dev.rowcast.schemas.yaml.FileProblems;
import dev.rowcast.schemas.yaml.Section;
import java.util.List;
import java.util.Optional;

/// Reads what a catalog says of one table, as [CatalogParser] reads the rest.
final class TableParser {

    private final FileProblems problems;

    TableParser(FileProblems problems) {
        this.problems = problems;
    }

    /// @param name empty when it was refused
    /// @return empty when some key was refused
    Optional<TableRule> rule(Optional<TableName> name, Section table) {
        table.only("entity", "channels", "parent", "deliver", "evict", "event", "insert-only", "shard", "read");
        Optional<String> entity = table.optional("entity", Names.ENTITY::check);
        List<Template> channels = table.list("channels", Template::of);
        Optional<Parent> parent = table.optionalSection("parent").flatMap(this::parent);
        List<String> deliver = table.list("deliver", Names.IDENTIFIER::check);
        List<Template> evict = table.list("evict", Template::of);
        Optional<Template> event = table.optional("event", Template::of);
        boolean insertOnly = table.flag("insert-only");
        Optional<String> shard = table.optional("shard", Names.IDENTIFIER::check);
        Optional<RowReads> reads = table.optionalSection("read").flatMap(this::rowReads);
        if (name.isEmpty()
                || !table.sound()
                || (table.has("parent") && parent.isEmpty())
                || (table.has("read") && reads.isEmpty())) {
            return Optional.empty();
        }
        return problems.attempt(
                table.where(),
                () -> new TableRule(
                        name.get(),
                        entity,
                        channels,
                        parent,
                        deliver,
                        evict,
                        event,
                        insertOnly,
                        shard,
                        reads.orElse(RowReads.AS_DELIVERED)));
    }

    private Optional<RowReads> rowReads(Section read) {
        read.only("columns", "row-security");
        List<String> columns = read.list("columns", Names.IDENTIFIER::check);
        boolean rowSecurity = read.flag("row-security");
        return read.sound()
                ? problems.attempt(read.where(), () -> new RowReads(columns, rowSecurity))
                : Optional.empty();
    }

    private Optional<Parent> parent(Section parent) {
        parent.only("table", "by");
        Optional<TableName> table = parent.required("table", TableName::parse);
        Optional<String> by = parent.required("by", Names.IDENTIFIER::check);
        return parent.sound() ? Optional.of(new Parent(table.orElseThrow(), by.orElseThrow())) : Optional.empty();
    }
}
