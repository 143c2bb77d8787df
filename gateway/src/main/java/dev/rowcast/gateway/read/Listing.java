package dev.rowcast.gateway.read;

import dev.rowcast.schemas.tenant.TenantId;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/// A list that somebody asked for, as the text of its answer.
///
/// @param name what the list is of; with its order, what cursors are good for
/// @param where which rows are in it
record Listing(Entity entity, TenantId tenant, String name, Where where, CursorSeal seal) {

    /// The answer, in one transaction, so that the rows and their number fit each other.
    ///
    /// @throws BadRequestException when the slice does not fit the entity
    String answer(Transaction transaction, Slice slice) throws SQLException {
        return switch (slice) {
            case Slice.ByPage page -> page(transaction, page);
            case Slice.ByCursor cursor -> following(transaction, cursor);
            case Slice.ByIds(List<String> ids) -> named(transaction, ids);
        };
    }

    private String page(Transaction transaction, Slice.ByPage page) throws SQLException {
        Sort sort = Sort.of(page.sort(), entity);
        String count = "select count(*)::text from %s where %s".formatted(entity.from(), where.sql());
        long total =
                Long.parseLong(transaction.run(count, where.values()).getFirst().first());
        List<Row> rows = rows(transaction, where, sort, page.limit(), (page.number() - 1L) * page.limit());
        String next = next(sort, rows, page.limit()).map(Listing::quoted).orElse("null");
        return "{\"data\":[%s],\"pagination\":{\"page\":%d,\"limit\":%d,\"total\":%d,\"totalPages\":%d,\"nextCursor\":%s}}"
                .formatted(data(rows, page.limit()), page.number(), page.limit(), total, page.pages(total), next);
    }

    private String following(Transaction transaction, Slice.ByCursor slice) throws SQLException {
        Sort sort = Sort.of(slice.sort(), entity);
        Place place = seal.open(tenant, name(sort), entity.key().size(), slice.cursor())
                .orElseThrow(
                        () -> Parameters.bad(
                                "cursor",
                                slice.cursor(),
                                "is none of this list; send nextCursor with the channel and sort of the answer that it is from"));
        List<Row> rows = rows(transaction, where.and(place.after(sort)), sort, slice.limit(), 0);
        String next = next(sort, rows, slice.limit()).map(Listing::quoted).orElse("null");
        if (next.equals("null") && rows.size() > slice.limit()) {
            throw Parameters.bad(
                    "sort", sort.toString(), "has values too long for a cursor; sort by another column, or use page");
        }
        return "{\"data\":[%s],\"pagination\":{\"limit\":%d,\"nextCursor\":%s}}"
                .formatted(data(rows, slice.limit()), slice.limit(), next);
    }

    private String named(Transaction transaction, List<String> ids) throws SQLException {
        Where wanted = where.and(entity.withIds(ids));
        List<String> key = entity.key().stream().map(Column::sql).toList();
        String sql = Bounded.query(entity.json(), key, "from %s where %s".formatted(entity.from(), wanted.sql()), "");
        Map<String, Integer> order = new HashMap<>();
        ids.forEach(id -> order.put(id, order.size()));
        String data = transaction.run(sql, wanted.values()).stream()
                .sorted(Comparator.comparing(row -> order.getOrDefault(entity.id(row.more()), order.size())))
                .map(Row::first)
                .collect(Collectors.joining(","));
        return "{\"data\":[%s]}".formatted(data);
    }

    /// One more than are wanted, which tells whether anything follows.
    private List<Row> rows(Transaction transaction, Where which, Sort sort, int limit, long offset)
            throws SQLException {
        String rest = "from %s where %s %s limit %d offset %d"
                .formatted(entity.from(), which.sql(), sort.sql(), limit + 1, offset);
        return transaction.run(Bounded.query(entity.json(), sort.place(), rest, sort.again()), which.values());
    }

    private Optional<String> next(Sort sort, List<Row> rows, int limit) {
        return rows.size() <= limit
                ? Optional.empty()
                : seal.seal(
                        tenant, name(sort), Place.of(sort, rows.get(limit - 1).more()));
    }

    private String name(Sort sort) {
        return name + "\n" + sort;
    }

    private static String data(List<Row> rows, int limit) {
        return rows.stream().limit(limit).map(Row::first).collect(Collectors.joining(","));
    }

    private static String quoted(String text) {
        return JsonMapper.shared().writeValueAsString(text);
    }
}
