package dev.rowcast.ingest.engine;

import dev.rowcast.ingest.route.Nested;
import dev.rowcast.ingest.route.Unavailable;
import io.debezium.connector.postgresql.UnchangedToastedReplicationMessageColumn;
import io.debezium.spi.converter.ConvertedField;
import io.debezium.spi.converter.CustomConverter;
import io.debezium.spi.converter.RelationalColumn;
import java.nio.charset.StandardCharsets;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGobject;

/// Values that the connector would lose or bend: types that it does not know (it leaves the column out), arrays
/// (it cannot tell an unchanged one, `NaN` in a `numeric[]` or more than one dimension), and bit strings whose
/// length varies. Types become text as Postgres writes it; arrays keep the types of numbers and booleans.
///
/// The connector makes it by its class's name.
public final class FaithfulValues implements CustomConverter<SchemaBuilder, RelationalColumn> {

    /// Types of Postgres itself for which the connector has no schema: `name`, `line`, `lseg`, `path`, `box`,
    /// `polygon`, `circle`, `varbit`, `refcursor`, the `reg…` types, `txid_snapshot`, `pg_lsn`, `tsquery`,
    /// `jsonpath`, the multiranges, `pg_snapshot`, `xid8`, `tid`, `xid`, `cid`.
    private static final Set<Integer> AS_TEXT = Set.of(
            19, 628, 601, 602, 603, 604, 718, 1562, 1790, 24, 2202, 2203, 2204, 2205, 2206, 3734, 3769, 4089, 4096,
            4191, 2970, 3220, 3615, 4072, 4451, 4532, 4533, 4534, 4535, 4536, 5038, 5069, 27, 28, 29);

    /// Types of extensions that the connector knows.
    private static final Set<String> KNOWN = Set.of(
            "hstore",
            "citext",
            "ltree",
            "geometry",
            "geography",
            "vector",
            "halfvec",
            "sparsevec",
            "isbn",
            "_hstore",
            "_geometry",
            "_geography");

    /// Below are types of Postgres itself, from here on those of the database.
    private static final int FIRST_OWN_TYPE = 16_384;

    /// For what reads tables beside the engine.
    @SuppressWarnings({"unchecked", "rawtypes"})
    static List<CustomConverter<SchemaBuilder, ConvertedField>> only() {
        // The connector itself gives every converter columns of tables.
        return List.of((CustomConverter) new FaithfulValues());
    }

    @Override
    public void configure(Properties properties) {}

    @Override
    public void converterFor(RelationalColumn column, ConverterRegistration<SchemaBuilder> registration) {
        if (KNOWN.contains(column.typeName())) {
            return;
        }
        if (isArray(column)) {
            ArrayElement element = ArrayElement.of(column.nativeType());
            registration.register(SchemaBuilder.array(element.schema()), value -> array(column, element, value));
        } else if (isUnknown(column)) {
            registration.register(SchemaBuilder.string(), value -> text(column, value));
        }
    }

    private static boolean isArray(RelationalColumn column) {
        return column.jdbcType() == Types.ARRAY || column.typeName().startsWith("_");
    }

    /// Enums of the database are texts to the driver, domains what they are made of.
    private static boolean isUnknown(RelationalColumn column) {
        return AS_TEXT.contains(column.nativeType())
                || column.nativeType() >= FIRST_OWN_TYPE
                        && (column.jdbcType() == Types.OTHER
                                || column.jdbcType() == Types.STRUCT
                                || column.jdbcType() == Types.DISTINCT);
    }

    private static @Nullable Object text(RelationalColumn column, @Nullable Object value) {
        if (UnchangedToastedReplicationMessageColumn.isUnchangedToastedValue(value)) {
            return Unavailable.TEXT;
        }
        return switch (value) {
            case null -> column.isOptional() ? null : "";
            case PGobject object -> object.getValue();
            case byte[] bytes -> new String(bytes, StandardCharsets.UTF_8);
            default -> value.toString();
        };
    }

    private static @Nullable Object array(RelationalColumn column, ArrayElement element, @Nullable Object value) {
        if (UnchangedToastedReplicationMessageColumn.isUnchangedToastedValue(value)) {
            return Unavailable.ARRAY;
        }
        if (value == null) {
            // The old row of a narrow replica identity has no values for the other columns.
            return column.isOptional() ? null : Collections.emptyList();
        }
        List<@Nullable Object> parsed = ArrayLiteral.parse(value.toString(), element.separator());
        if (!parsed.isEmpty() && parsed.getFirst() instanceof List) {
            return new Nested(element.json(parsed));
        }
        List<@Nullable Object> elements = new ArrayList<>(parsed.size());
        for (Object each : parsed) {
            elements.add(each == null ? null : element.value((String) each));
        }
        return elements;
    }
}
